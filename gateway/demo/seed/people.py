"""Invented people: names, towns and streets of the countries that the demo's customers live in."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """What a customer's country decides.

    Names in another script than Latin carry their romanisation, as `健=Ken`; `street` has one place for the
    name of a street and one for a number.
    """

    weight: int
    language: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    street: str = "{name} {number}"
    family_first: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


COUNTRIES: dict[str, Country] = {
    "DE": Country(
        28,
        "de",
        _words(
            "Jürgen, Anneliese, Lukas, Mareike, Björn, Käthe, Tobias, Şule, Friederike, Emre, Jonas, Wiebke"
        ),
        _words(
            "Schröder, Müller, Weiß, Brandt, Köhler, Yıldız, Vogelsang, Petersen, Groß, von der Heide, Jäger"
        ),
        _words("Hamburg, Köln, München, Leipzig, Görlitz, Nürnberg, Kiel, Freiburg"),
        _words("Lindenstraße, Am Deich, Goethestraße, Mühlenweg, Hafenallee, Ährengasse"),
    ),
    "US": Country(
        18,
        "en",
        _words("Maya, Ethan, Latoya, Joshua, Kai, Guadalupe, Wyatt, Priya, Dwayne, Harper, Noelani, Ezra"),
        _words("Washington, O'Connor, Nguyen, Ramirez, Whitaker, Begay, Kowalski, Freeman, Castillo, Hsu"),
        _words("Portland, Austin, Cleveland, Albuquerque, St. Paul, Honolulu, Savannah"),
        _words("Maple Avenue, 5th Street, Juniper Lane, Mission Road, Cedar Court"),
        "{number} {name}",
    ),
    "FR": Country(
        11,
        "fr",
        _words("Zoé, François, Aïcha, Benoît, Maëlle, Jérôme, Noémie, Théo, Océane, Loïc"),
        _words("Lefèvre, Dubois, Benali, Garçon, Moreau, Le Goff, Rousseau, d'Aubigny, Traoré"),
        _words("Lyon, Nîmes, Orléans, Besançon, Paris, Saint-Étienne"),
        _words("rue des Écoles, avenue de la Gare, quai du Rhône, impasse des Mûriers"),
        "{number} {name}",
    ),
    "GB": Country(
        9,
        "en",
        _words("Imogen, Alistair, Nia, Rhys, Amara, Callum, Sadia, Freya, Oluwaseun, Gwen"),
        _words("Ashworth, McKenzie, Llewellyn, Okafor, Patel, Hargreaves, O'Neill, Smythe-Jones"),
        _words("Leeds, Cardiff, Glasgow, Bristol, Newcastle upon Tyne, Norwich"),
        _words("Station Road, Church Lane, Orchard Close, King's Walk"),
        "{number} {name}",
    ),
    "ES": Country(
        7,
        "es",
        _words("Íñigo, Lucía, Ángel, Begoña, Martín, Nuria, Andrés, Inés"),
        _words("Muñoz, Ibáñez, García Peña, Núñez, Etxeberria, Romero, Puig"),
        _words("Málaga, A Coruña, València, Logroño, Cádiz"),
        _words("Calle del Olmo, Avenida del Puerto, Plaza de España, Camino Viejo"),
        "{name}, {number}",
    ),
    "IT": Country(
        6,
        "it",
        _words("Niccolò, Chiara, Matteo, Giosuè, Beatrice, Desirée, Luca"),
        _words("De Angelis, Ferrari, D'Amico, Esposito, Zanetti, Lo Presti"),
        _words("Forlì, Torino, Cefalù, Bologna, Trieste"),
        _words("Via Garibaldi, Corso Umberto, Viale dei Tigli"),
        "{name}, {number}",
    ),
    "NL": Country(
        5,
        "nl",
        _words("Daniël, Fenna, Joris, Chloë, Sjoerd, Anouk"),
        _words("van den Berg, de Vries, Jansen, 't Hart, Bakker"),
        _words("Utrecht, 's-Hertogenbosch, Groningen, Delft"),
        _words("Kerkstraat, Prinsengracht, Molenweg"),
    ),
    "PL": Country(
        4,
        "pl",
        _words("Łukasz, Małgorzata, Paweł, Zofia, Żaneta, Grzegorz"),
        _words("Wójcik, Kowalczyk, Zając, Śliwa, Łęcki"),
        _words("Łódź, Kraków, Gdańsk, Poznań"),
        _words("ul. Długa, ul. Słoneczna, al. Wolności"),
    ),
    "SE": Country(
        3,
        "sv",
        _words("Åsa, Håkan, Märta, Elias, Göran"),
        _words("Sjöberg, Lindström, Åkesson, Ekdahl"),
        _words("Malmö, Göteborg, Umeå, Västerås"),
        _words("Storgatan, Björkvägen, Ängsstigen"),
    ),
    "TR": Country(
        3,
        "tr",
        _words("Çağla, Işıl, Oğuz, Gülşen, Ömer"),
        _words("Öztürk, Demirağ, Şahin, Çelik"),
        _words("İzmir, Eskişehir, Muğla, Ankara"),
        _words("Atatürk Caddesi, Gül Sokak, Çınar Sokak"),
        "{name} No: {number}",
    ),
    "BR": Country(
        2,
        "pt",
        _words("João, Conceição, Antônia, Caetano, Thaís"),
        _words("Gonçalves, da Conceição, Araújo, Simões"),
        _words("São Luís, Florianópolis, Goiânia, Belém"),
        _words("Rua das Acácias, Avenida Brasil, Travessa do Sol"),
        "{name}, {number}",
    ),
    "JP": Country(
        2,
        "ja",
        _words("健=Ken, 花子=Hanako, 翔太=Shota, 美咲=Misaki"),
        _words("佐藤=Sato, 高橋=Takahashi, 小林=Kobayashi, 渡辺=Watanabe"),
        _words("札幌市, 京都市, 那覇市"),
        _words("中央通り, 桜町, 緑ヶ丘"),
        "{name}{number}番地",
        True,
    ),
    "GR": Country(
        1,
        "el",
        _words("Ελένη=Eleni, Νίκος=Nikos, Σοφία=Sofia"),
        _words("Παπαδάκης=Papadakis, Γεωργίου=Georgiou"),
        _words("Αθήνα, Θεσσαλονίκη"),
        _words("Οδός Ερμού, Λεωφόρος Αλεξάνδρας"),
    ),
    "IN": Country(
        1,
        "en",
        _words("आरव=Aarav, दीपिका=Deepika, मीरा=Meera"),
        _words("शर्मा=Sharma, अय्यर=Iyer"),
        _words("Pune, Kochi, Jaipur"),
        _words("MG Road, Temple Street"),
        "{number}, {name}",
    ),
}
"""ISO code -> country; the weights add up to 100."""

_UNDECOMPOSED = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ı": "i", "ø": "o", "æ": "ae"})


def shown(word: str) -> str:
    """The name as its owner writes it."""
    return word.partition("=")[0]


def mail_word(word: str) -> str:
    """The name in lower-case ASCII letters, as in a mail address."""
    latin = word.partition("=")[2] or word
    plain = unicodedata.normalize("NFKD", latin.translate(_UNDECOMPOSED))
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalpha())
