"""Where the days that do not count come from: bank holidays as packaged, or a document a landlord
adopted.
"""
