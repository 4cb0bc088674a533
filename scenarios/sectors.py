"""Sectors: what employers are, what students wish for, and made-up names for people and firms."""

from __future__ import annotations

INDUSTRIES: tuple[tuple[str, str], ...] = (
    ("01-03", "Agriculture"),
    ("05-39", "Manufacturing"),
    ("41-43", "Construction"),
    ("45", "Motor trades"),
    ("46", "Wholesale"),
    ("47", "Retail"),
    ("49-53", "Transport"),
    ("55-56", "Hospitality"),
    ("58-63", "Digital"),
    ("64-66", "Finance"),
    ("68", "Property"),
    ("69-75", "Professional services"),
    ("77-82", "Business support"),
    ("84", "Public services"),
    ("85", "Education"),
    ("86-88", "Health and care"),
    ("90-99", "Arts and leisure"),
)
"""SIC 2007 divisions as the local-unit tables head their columns, and the short name used in rounds."""

LOCAL_UNITS: dict[str, int] = {
    "Agriculture": 485,
    "Manufacturing": 2915,
    "Construction": 6585,
    "Motor trades": 1590,
    "Wholesale": 1990,
    "Retail": 6620,
    "Transport": 2920,
    "Hospitality": 4465,
    "Digital": 2365,
    "Finance": 990,
    "Property": 1965,
    "Professional services": 7300,
    "Business support": 4695,
    "Public services": 345,
    "Education": 1580,
    "Health and care": 4025,
    "Arts and leisure": 4325,
}
"""Local units by industry, all 17 constituencies of the Liverpool City Region together (UK Business Counts, 2024)."""

INTERESTS: dict[str, int] = {
    "Arts and leisure": 156,
    "Health and care": 150,
    "Digital": 110,
    "Professional services": 90,
    "Education": 85,
    "Public services": 80,
    "Construction": 70,
    "Manufacturing": 55,
    "Motor trades": 45,
    "Finance": 40,
    "Hospitality": 30,
    "Retail": 28,
    "Property": 18,
    "Agriculture": 15,
    "Transport": 15,
    "Business support": 8,
    "Wholesale": 5,
}
"""What students wish for, per thousand. Art, culture, entertainment and sport are wished for by 15.6% against 3.3% of
jobs, and hospitality and retail by far fewer than there are jobs (Education and Employers, Disconnected, 2020); the
other figures are our own reading of the same skew."""

NOT_OFFERED: tuple[str, ...] = ("Marine biology", "Space", "Animal rescue")
"""Wishes that no employer of the region offers: an honest round has a few."""

TOWN_NAMES: tuple[str, ...] = (
    "Ashbourne Road", "Beckside", "Calderbrook", "Dunmere", "Eastholme", "Fernhill", "Garth Lane", "Harbour View",
    "Ivybridge", "Kingsmead", "Lowfield", "Millbank", "Northgate", "Oakleigh", "Priory", "Quarry Bank", "Ravenscroft",
    "St Aidan's", "Thornbury", "Upton Cross", "Valley Park", "Westmoor", "Yew Tree", "St Brigid's",
)  # fmt: skip
FIRST_NAMES: tuple[str, ...] = (
    "Aaliyah", "Adam", "Aisha", "Alfie", "Amara", "Amelia", "Archie", "Ava", "Ben", "Bilal", "Callum", "Chloe",
    "Daisy", "Daniel", "Eleni", "Ella", "Ethan", "Fatima", "Finn", "Grace", "Hamza", "Harriet", "Ibrahim", "Isla",
    "Jack", "Jasmine", "Kai", "Keira", "Kofi", "Leah", "Liam", "Lola", "Maisie", "Mateusz", "Mia", "Mohammed",
    "Nadia", "Niamh", "Noah", "Oliwia", "Oscar", "Poppy", "Precious", "Reece", "Rosie", "Ruby", "Sam", "Siân",
    "Sofia", "Tariq", "Theo", "Toby", "Tyler", "Uma", "Victor", "Wei", "Yasmin", "Zac", "Zara", "Zoë",
)  # fmt: skip
LAST_NAMES: tuple[str, ...] = (
    "Adeyemi", "Ahmed", "Ali", "Andrews", "Bailey", "Begum", "Brennan", "Brown", "Carter", "Chan", "Clarke", "Cohen",
    "Davies", "Doyle", "Edwards", "Evans", "Farah", "Fletcher", "Gallagher", "Green", "Hall", "Hassan", "Hughes",
    "Hussain", "Iqbal", "Jackson", "Jones", "Kaur", "Kelly", "Khan", "Kowalski", "Lewis", "Lloyd", "McCann", "Malik",
    "Mensah", "Moore", "Morgan", "Murphy", "Nowak", "O'Neill", "Okafor", "Owens", "Parry", "Patel", "Price", "Quinn",
    "Rahman", "Reid", "Roberts", "Robinson", "Ryan", "Scott", "Shah", "Singh", "Smith", "Taylor", "Thomas", "Walsh",
    "Williams", "Wilson", "Wright", "Yilmaz", "Young",
)  # fmt: skip
FIRM_WORDS: tuple[str, ...] = (
    "& Sons", "Group", "Partnership", "Works", "Services", "Limited", "Centre", "Associates", "Collective", "Studio",
)  # fmt: skip
