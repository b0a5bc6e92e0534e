"""What the demo's shop sells: the tree of categories, and the kinds of goods on each shelf."""

from dataclasses import dataclass

TREE: dict[str, dict[str, tuple[str, ...]]] = {
    "Home & Kitchen": {"Kitchen": ("Cookware", "Coffee & Tea"), "Living": ("Blankets & Cushions",)},
    "Electronics": {"Audio": ("Headphones", "Speakers"), "Computing": ("Keyboards & Mice",)},
    "Outdoor": {"Camping": ("Tents", "Lamps & Stoves"), "Cycling": ("Bicycle Bags",)},
    "Paper & Play": {"Stationery": ("Notebooks", "Pens & Ink"), "Games": ("Board Games",)},
}
"""Top level -> middle level -> leaves; products stand on leaves only."""


@dataclass(frozen=True)
class Shelf:
    """The goods of one leaf category: `nouns` maps a kind of good to its euros and grams.

    The materials and tags are those that make sense there.
    """

    prefix: str
    nouns: dict[str, tuple[int, int]]
    materials: tuple[str, ...]
    tags: tuple[str, ...]


SHELVES: dict[str, Shelf] = {
    "Cookware": Shelf(
        "COO",
        {"Frying Pan": (39, 1450), "Stock Pot": (64, 2900), "Wok": (49, 1800), "Casserole": (89, 4300)},
        ("cast iron", "stainless steel", "enamel", "aluminium"),
        ("dishwasher safe", "induction", "gift", "lifetime warranty"),
    ),
    "Coffee & Tea": Shelf(
        "TEA",
        {"Teapot": (34, 900), "Hand Grinder": (72, 650), "Kettle": (58, 1200), "Moka Pot": (29, 540)},
        ("glass", "porcelain", "stainless steel", "beech"),
        ("dishwasher safe", "gift", "handmade", "bestseller"),
    ),
    "Blankets & Cushions": Shelf(
        "BLA",
        {"Blanket": (79, 1600), "Cushion": (24, 480), "Throw": (45, 900)},
        ("wool", "linen", "organic cotton", "alpaca"),
        ("organic", "handmade", "washable", "gift"),
    ),
    "Headphones": Shelf(
        "HEA",
        {"Over-Ear Headphones": (199, 310), "Earbuds": (119, 60), "Studio Headphones": (249, 380)},
        ("recycled plastic", "aluminium", "leather"),
        ("wireless", "noise cancelling", "bestseller", "repairable"),
    ),
    "Speakers": Shelf(
        "SPE",
        {"Bookshelf Speaker": (279, 5200), "Portable Speaker": (89, 720), "Soundbar": (329, 4100)},
        ("walnut", "aluminium", "recycled plastic"),
        ("wireless", "waterproof", "repairable", "limited edition"),
    ),
    "Keyboards & Mice": Shelf(
        "KEY",
        {"Mechanical Keyboard": (129, 1100), "Ergonomic Mouse": (69, 140), "Numeric Pad": (39, 320)},
        ("aluminium", "bamboo", "recycled plastic"),
        ("wireless", "repairable", "bestseller", "quiet"),
    ),
    "Tents": Shelf(
        "TEN",
        {"Two-Person Tent": (229, 2600), "Family Tent": (449, 8400), "Tarp": (59, 700)},
        ("ripstop nylon", "polyester", "canvas"),
        ("waterproof", "lightweight", "repairable", "four seasons"),
    ),
    "Lamps & Stoves": Shelf(
        "LAM",
        {"Head Torch": (35, 90), "Lantern": (42, 460), "Gas Stove": (54, 380), "Wood Stove": (95, 1900)},
        ("aluminium", "titanium", "stainless steel"),
        ("waterproof", "lightweight", "rechargeable", "four seasons"),
    ),
    "Bicycle Bags": Shelf(
        "BIC",
        {"Pannier": (69, 850), "Saddle Bag": (32, 260), "Handlebar Bag": (48, 420)},
        ("waxed canvas", "recycled plastic", "leather"),
        ("waterproof", "lightweight", "handmade", "lifetime warranty"),
    ),
    "Notebooks": Shelf(
        "NOT",
        {"Pocket Notebook": (9, 110), "Sketchbook": (18, 420), "Desk Diary": (26, 610)},
        ("recycled paper", "linen", "stone paper"),
        ("organic", "gift", "handmade", "bestseller"),
    ),
    "Pens & Ink": Shelf(
        "PEN",
        {"Fountain Pen": (48, 40), "Ink Bottle": (14, 190), "Brush Pen": (7, 20)},
        ("brass", "resin", "bamboo"),
        ("gift", "limited edition", "refillable", "handmade"),
    ),
    "Board Games": Shelf(
        "GAM",
        {"Strategy Game": (44, 1700), "Card Game": (15, 240), "Word Game": (27, 900)},
        ("recycled paper", "beech", "linen"),
        ("family", "gift", "bestseller", "award winner"),
    ),
}
"""Leaf category -> its goods."""

SERIES: dict[str, int] = {
    "Nordlicht": 100,
    "Kestrel": 85,
    "Océan": 120,
    "Tōge": 150,
    "Basic": 60,
    "Ålesund": 135,
    "Meridian": 95,
    "Zoë & Sons": 175,
}
"""Name of a product line -> its price level, in percent of the noun's."""

COLOURS: dict[str, dict[str, str]] = {
    "midnight blue": {"de": "Nachtblau", "fr": "bleu nuit", "ja": "濃紺"},
    "moss green": {"de": "Moosgrün", "fr": "vert mousse", "ja": "苔色"},
    "brick red": {"de": "Ziegelrot", "fr": "rouge brique", "ja": "煉瓦色"},
    "sand": {"de": "Sand", "fr": "sable", "ja": "砂色"},
    "graphite": {"de": "Graphit", "fr": "graphite", "ja": "黒鉛"},
}
"""Colour -> its name in other languages."""

ODD_TITLES = (
    "100% Wool Blanket “Öland”",
    "snake_case Notebook for Programmers",
    "O'Hara's 12\" Frying Pan",
    "Teekanne „Grüße aus Köln“",
    "Carnet “Été à Nîmes”",
    "南部鉄器 Kettle",
    "C:\\>_ Keyboard",
    "Jeu de cartes « À table ! »",
)
"""Titles with the characters that searches and quoting stumble over."""
