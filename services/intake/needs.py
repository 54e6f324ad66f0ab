"""Who may speak for a complainant and what can be done differently for them: the codes that a case knows, as forms say
them.
"""

from collections.abc import Mapping

# Who somebody is to the person they speak for.
RELATIONS: Mapping[str, str] = {
    "family": "Family",
    "friend": "Friend or neighbour",
    "advocate": "Advocate",
    "member": "MP or councillor",
    "legal": "Solicitor or other legal adviser",
    "support_agency": "Support worker, charity or advice agency",
}
# How it stands with the consent of the person spoken for. Only what the landlord has from that person is consent; what
# a representative says of it is checked with that person first.
GIVEN, SAID, TO_BE_ASKED, CANNOT = "given", "said", "to_be_asked", "cannot"
CONSENTS: Mapping[str, str] = {
    GIVEN: "given to the landlord by the complainant",
    SAID: "given, as the representative says; to be checked with the complainant",
    TO_BE_ASKED: "the complainant is still to be asked",
    CANNOT: "the complainant cannot give it, as the representative says",
}
SCOPES: Mapping[str, str] = {
    "everything": "Everything about this complaint",
    "progress": "Only how it is going and the dates",
    "response": "Only the answer",
}
TRANSLATION, INTERPRETER, OTHER, BY_PHONE = "translation", "interpreter", "other", "by_phone"
IN_A_LANGUAGE = (TRANSLATION, INTERPRETER)
ADJUSTMENTS: Mapping[str, str] = {
    "large_print": "Large print",
    "audio": "Audio",
    "braille": "Braille",
    "easy_read": "Easy read",
    TRANSLATION: "A translation into another language",
    INTERPRETER: "An interpreter",
    "extra_time": "More time to answer",
    BY_PHONE: "A telephone call, to be told what a letter says",
    "home_visit": "A visit at home",
    OTHER: "Something else",
}
# ISO 639: the main languages other than English of the census of 2021, and those that landlords are asked for besides.
LANGUAGES: Mapping[str, str] = {
    "sq": "Albanian",
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali (with Sylheti)",
    "bg": "Bulgarian",
    "yue": "Cantonese",
    "cs": "Czech",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ku": "Kurdish",
    "ln": "Lingala",
    "lt": "Lithuanian",
    "zh": "Mandarin",
    "ne": "Nepali",
    "pa": "Panjabi",
    "ps": "Pashto",
    "fa": "Persian (Farsi, Dari)",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "so": "Somali",
    "es": "Spanish",
    "sw": "Swahili",
    "tl": "Tagalog",
    "ta": "Tamil",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
}
