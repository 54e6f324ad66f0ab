"""Days named by their weekday, so that a test reads like a calendar; those near a bank holiday say
so.
"""

from datetime import date

# September 2025: no bank holiday near.
tue_9_sep_2025 = date(2025, 9, 9)
thu_11_sep_2025 = date(2025, 9, 11)
fri_19_sep_2025 = date(2025, 9, 19)
thu_25_sep_2025 = date(2025, 9, 25)
thu_9_oct_2025 = date(2025, 10, 9)
fri_10_oct_2025 = date(2025, 10, 10)

# November 2025: no bank holiday near.
mon_3_nov_2025 = date(2025, 11, 3)
wed_5_nov_2025 = date(2025, 11, 5)
wed_12_nov_2025 = date(2025, 11, 12)
mon_17_nov_2025 = date(2025, 11, 17)

# March and April 2026: Good Friday is 3 April, Easter Monday 6 April.
fri_27_feb_2026 = date(2026, 2, 27)
mon_2_mar_2026 = date(2026, 3, 2)
tue_3_mar_2026 = date(2026, 3, 3)
wed_4_mar_2026 = date(2026, 3, 4)
thu_5_mar_2026 = date(2026, 3, 5)
mon_9_mar_2026 = date(2026, 3, 9)
tue_10_mar_2026 = date(2026, 3, 10)
wed_11_mar_2026 = date(2026, 3, 11)
thu_12_mar_2026 = date(2026, 3, 12)
fri_13_mar_2026 = date(2026, 3, 13)
sat_14_mar_2026 = date(2026, 3, 14)
mon_16_mar_2026 = date(2026, 3, 16)
tue_17_mar_2026 = date(2026, 3, 17)
wed_18_mar_2026 = date(2026, 3, 18)
thu_19_mar_2026 = date(2026, 3, 19)
fri_20_mar_2026 = date(2026, 3, 20)
mon_23_mar_2026 = date(2026, 3, 23)
tue_24_mar_2026 = date(2026, 3, 24)
wed_25_mar_2026 = date(2026, 3, 25)
mon_30_mar_2026 = date(2026, 3, 30)
thu_2_apr_2026 = date(2026, 4, 2)  # the day before Good Friday
fri_3_apr_2026 = date(2026, 4, 3)  # Good Friday
tue_7_apr_2026 = date(2026, 4, 7)  # the day after Easter Monday
wed_15_apr_2026 = date(2026, 4, 15)
thu_16_apr_2026 = date(2026, 4, 16)
fri_17_apr_2026 = date(2026, 4, 17)
mon_20_apr_2026 = date(2026, 4, 20)
fri_24_apr_2026 = date(2026, 4, 24)
tue_28_apr_2026 = date(2026, 4, 28)
wed_29_apr_2026 = date(2026, 4, 29)
fri_8_may_2026 = date(2026, 5, 8)
tue_12_may_2026 = date(2026, 5, 12)
mon_18_may_2026 = date(2026, 5, 18)
fri_29_may_2026 = date(2026, 5, 29)
sat_30_may_2026 = date(2026, 5, 30)
thu_18_jun_2026 = date(2026, 6, 18)
fri_7_aug_2026 = date(2026, 8, 7)
