"""Prints the JSON Schema of a policy pack: python -m shared.policy_packs > docs/policy-pack.schema.json"""

import json

from shared.policy_packs.loader import policy_pack_schema

print(json.dumps(policy_pack_schema(), indent=2, ensure_ascii=False))
