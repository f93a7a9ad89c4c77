# Teilnehmer, Chat, Rauminformation, Warten

# Teilnehmer
people-search = Suchen
people-search-field = Name suchen
people-none-title = Niemand gefunden
people-none = Kein Name beginnt so. Leeren Sie die Suche, um alle zu sehen.
person-write = Privat schreiben
person-shares = teilt Bildschirm
person-watches = sieht zu
person-heard = Mikrofon an
person-silent = Mikrofon aus
person-seen = Kamera an
person-unseen = Kamera aus
kind-guest = Gast
kind-user = Angemeldet
mute-all = Alle stumm
mute-of = { $name } stummschalten
remove = Entfernen
remove-of = { $name } entfernen
remove-title = { $name } entfernen?
remove-text = Das Gespräch endet für diese Person. Sie kommt nicht mehr hinein, mit keinem Gerät.
remove-guest-text = Das Gespräch endet für diese Person. Mit dem Link könnte sie neu beitreten; schließen Sie das Gespräch ab, wenn sie draußen bleiben soll.
remove-go = Entfernen

# Vor der Tür
waiting-title = { $count ->
    [one] Eine Person wartet
   *[other] { $count } warten
}
waiting-held = { $count ->
    [one] Eine Person wartet, bis es weitergeht
   *[other] { $count } warten, bis es weitergeht
}
waits-since = { $kind } · seit { $time }
admit-all = Alle einlassen
admit-of = { $name } einlassen
refuse-of = { $name } ablehnen
audience-waits = { $count ->
    [one] { $count } wartet
   *[other] { $count } warten
}

# Chat
chat-shows = Was zu sehen ist
chat-questions = Fragen
chat-hands = Hände
chat-no-questions = Noch keine Frage an die Moderation
chat-unread = Neu
chat-new-below = Neue Nachrichten
chat-copy = Text kopieren
chat-sending = Wird gesendet
chat-failed = Nicht gesendet: die Verbindung war unterbrochen.
chat-again = Noch einmal senden
chat-discard = Verwerfen
chat-nobody = Niemand gefunden
chat-refused-hosts = Hier schreiben Teilnehmer nur an die Moderation. Senden Sie die Nachricht dorthin.
chat-refused-gone = Diese Person ist nicht mehr da. Wählen Sie, wer die Nachricht lesen soll.
chat-refused-kept = Die Nachricht konnte nicht gespeichert werden. Senden Sie sie noch einmal.

# Rauminformation
info-open = Informationen zum Konferenzraum
info-title = Konferenzraum
info-since = Seit { $name }
info-locked = Abgeschlossen
info-contacts = Weitere Kontaktoptionen
info-pin = PIN
info-link = Link
info-copy = { $name } kopieren
info-copy-all = In Zwischenablage kopieren
info-code = QR-Code zeigen
info-code-text = Mit der Kamera eines Telefons gelesen, führt der Code auf die Gästeseite.
info-no-guests = Zurzeit kommen keine Gäste hinein: weder mit dem Link noch mit der Nummer.
info-session = Sitzung
info-lock = Abgeschlossen
info-lock-text = Niemand kommt mehr hinzu, auch nicht mit der richtigen Nummer. Schließen Sie ab, sobald alle da sind, wenn mehrere Gruppen dieselbe Nummer kennen.
info-policies = Regeln des Raumes
policy-guests = Gäste zulassen
policy-guests-text = Mit Link oder Nummer, ohne Zugang zum Server
policy-lobby = Warteraum
policy-lobby-text = Wer nicht moderiert, wartet, bis jemand einlässt
policy-pin = PIN nötig
policy-pin-text = Zur Nummer; am Telefon immer
policy-moderate = Interne sind Moderatoren
policy-muted = Stumm beitreten
policy-chat = Chat an alle
rule-guests = Gäste können mit Link oder Nummer beitreten.
rule-no-guests = Gäste sind nicht zugelassen.
rule-lobby = Wer beitritt, wartet, bis die Moderation einlässt.
rule-muted = Man beginnt stumm.
rule-chat = Im Chat schreiben Teilnehmer nur an die Moderation.
invitation-head = Einladung zum Gespräch „{ $name }“

# Halten und Warten
held-title = Das Gespräch ist angehalten
held-webinar-title = Das Webinar ist angehalten
held-text = { $count ->
    [0] Niemand wartet. Nur die Moderatoren sehen und hören einander, bis Sie fortsetzen.
    [one] Eine Person sieht den Wartebildschirm. Nur die Moderatoren sehen und hören einander, bis Sie fortsetzen.
   *[other] { $count } Personen sehen den Wartebildschirm. Nur die Moderatoren sehen und hören einander, bis Sie fortsetzen.
}
presenter-held = Gehalten.
presenter-held-why = { $count ->
    [0] Nichts geht an die Zuhörer.
    [one] Nichts geht an die Zuhörer, eine Person ist noch verbunden.
   *[other] Nichts geht an die Zuhörer, { $count } sind noch verbunden.
}
waiting-private-held = Solange gehalten wird, sieht und hört Sie niemand.
waiting-no-camera = Keine Kamera gefunden. Sie nehmen auch ohne teil; schließen Sie eine an, damit man Sie sieht.
waiting-no-microphone = Kein Mikrofon gefunden. Schließen Sie eines an oder erlauben Sie es in den Einstellungen des Systems.
waiting-devices = Geräte
ended-locked-title = Abgeschlossen

# Meldungen
toast-look = Ansehen
toast-copied-text = In die Zwischenablage kopiert
toast-locked = Abgeschlossen: niemand kommt mehr hinzu
toast-open = Wieder offen für alle
toast-is-host = { $name } moderiert jetzt
toast-is-presenter = { $name } trägt jetzt vor
toast-is-attendee = { $name } nimmt jetzt nur teil
toast-moderate = Sie moderieren jetzt
toast-moderate-no-more = Sie moderieren nicht mehr
toast-hand-dropped = Ihre Hand ist unten, weil Sie sprechen
toast-undo = Rückgängig
