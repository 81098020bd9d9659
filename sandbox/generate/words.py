"""The words that a made-up shop is made of, in several languages and scripts."""

from __future__ import annotations

ADJECTIVES = (
    "Oak", "Folding", "Vintage", "Wireless", "Leichter", "Großer", "Rustikaler", "Élégant", "Façonné", "Pliable",
    "Pequeño", "Clásico", "Tradicional", "Piccolo", "Årgang", "Kleine", "Дубовый", "Складной", "木製", "Ξύλινο",
)  # fmt: skip
NOUNS = (
    "Desk", "Lamp", "Kettle", "Backpack", "Stuhl", "Küchentisch", "Fußmatte", "Bücherregal", "Étagère", "Théière",
    "Écharpe", "Cafetière", "Lámpara", "Cañón de café", "Mochila", "Tazza", "Smørrebrød-Brett", "Kopje", "Стол",
    "Чайник", "茶碗", "急須", "Τραπέζι", "Monitor <24\"", "Salt & Pepper set",
)  # fmt: skip
SIZES = ("S", "M", "L", "XL")
SIZE_IDS = (3, 4, 5, 6)

FIRST = (
    "Anna", "José", "Zoë", "François", "Jürgen", "Siân", "Łukasz", "Ольга", "Νίκος", "さくら", "Maja", "Seán", "Inês",
    "Björn", "Aoife", "Giulia", "Håkon", "Ewa", "Noah", "Mary-Jane",
)  # fmt: skip
LAST = (
    "García & Sons", "van der Berg", "Núñez", "Lefèvre", "Müller-Lüdenscheidt", "O'Brien", "Wójcik", "Иванова",
    "Παπαδόπουλος", "田中", "Ångström", "Smith", "d'Almeida", "Öztürk", "MacLeod", "Rossi", "Weiß", "Novák", "Dubois",
    "Schmidt",
)  # fmt: skip
COMPANIES = ("Café Größe GmbH", "Lefèvre & Fils SARL", "Müller <Holz> KG", "Smith & Daughters Ltd", "Åsa Import AB")

# by store view: country, region, region id, city, postcode, street
PLACES: dict[int, tuple[tuple[str, str | None, int | None, str, str, str], ...]] = {
    1: (
        ("US", "California", 12, "Los Angeles", "90001", "Main Street"),
        ("US", "New York", 43, "New York", "10001", "Fifth Avenue"),
        ("US", "Texas", 57, "Austin", "73301", "Congress Avenue"),
    ),
    2: (
        ("FR", "Paris", 257, "Paris", "75001", "Rue de l'Évêché"),
        ("FR", None, None, "Besançon", "25000", "Grande Rue"),
    ),
    3: (
        ("DE", "Bayern", 81, "München", "80331", "Weißenburger Straße"),
        ("DE", "Berlin", 82, "Berlin", "10115", "Straße des 17. Juni"),
        ("AT", None, None, "Wien", "1010", "Kärntner Straße"),
    ),
    4: (("GB", "Greater London", None, "London", "SW1A 1AA", "Downing Street"),),
}
