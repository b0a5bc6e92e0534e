"""Words for reviews, by language and by how content the customer is."""

OPENINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "good": ("Exactly what I was looking for.", "Love it 😍", "Better than the photos.", "Great value."),
        "fair": ("Does the job.", "Okay for the price.", "Nice, but not for every day."),
        "bad": ("Broke after two weeks.", "Not as described 😞", "I expected more.", "Returned it."),
    },
    "de": {
        "good": ("Großartig, gerne wieder!", "Übertrifft meine Erwartungen.", "Macht süchtig 👍"),
        "fair": ("Ganz in Ordnung.", "Für den Preis okay.", "Geht so, größer als gedacht."),
        "bad": ("Leider enttäuschend.", "Nach einer Woche kaputt 😡", "Würde ich nicht wieder kaufen."),
    },
    "fr": {
        "good": ("Très beau, je l'adore ❤️", "Parfait, rien à redire.", "Qualité au rendez-vous !"),
        "fair": ("Correct, sans plus.", "Pas mal pour le prix."),
        "bad": ("Très déçue.", "Arrivé abîmé, dommage.", "À éviter…"),
    },
    "es": {
        "good": ("¡Me encanta! 🎉", "Muy buena relación calidad-precio."),
        "fair": ("Cumple su función.", "Está bien, sin más."),
        "bad": ("No funciona como esperaba.", "Llegó roto 💔"),
    },
    "it": {"good": ("Bellissimo, è perfetto!",), "fair": ("Niente di che.",), "bad": ("Qualità scadente.",)},
    "nl": {"good": ("Heel blij mee 🚲",), "fair": ("Prima, meer niet.",), "bad": ("Viel helaas tegen.",)},
    "pl": {"good": ("Świetna jakość!",), "fair": ("Może być.",), "bad": ("Nie polecam, żałuję.",)},
    "sv": {"good": ("Jättebra köp!",), "fair": ("Helt okej.",), "bad": ("Gick sönder på två dagar.",)},
    "tr": {"good": ("Çok güzel, teşekkürler 🙏",), "fair": ("İdare eder.",), "bad": ("Hiç beğenmedim.",)},
    "pt": {"good": ("Ótimo, recomendo!",), "fair": ("É razoável.",), "bad": ("Não vale o preço.",)},
    "ja": {"good": ("とても気に入りました😊",), "fair": ("普通です。",), "bad": ("思ったより小さい。",)},
    "el": {"good": ("Εξαιρετικό!",), "fair": ("Καλό για τα λεφτά του.",), "bad": ("Δεν το συνιστώ.",)},
}
"""Language -> mood -> first sentences."""

DETAILS: dict[str, tuple[str, ...]] = {
    "en": ("Delivery took three days.", "My sister wants one too.", "The box was 90% air, though."),
    "de": ("Die Lieferung kam schnell.", "Meine Frau möchte auch eins.", "Die Farbe ist etwas heller."),
    "fr": ("Livraison rapide.", "La couleur est plus foncée qu'à l'écran."),
    "es": ("El envío fue rápido.", "El color es algo más claro."),
}
"""Language -> second sentences; other languages stop after the first."""

MOODS = {1: "bad", 2: "bad", 3: "fair", 4: "good", 5: "good"}
"""Stars -> mood."""
