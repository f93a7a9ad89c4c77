app-name = Katheder
theme-light = Helles Erscheinungsbild
theme-dark = Dunkles Erscheinungsbild
language-other = Switch to English

# Anmelden
starting-title = Katheder startet
sign-in-title = Anmelden
sign-in-hub = Adresse des Servers
sign-in-user = Benutzername
sign-in-password = Kennwort
sign-in-go = Anmelden
sign-in-busy = Anmeldung läuft
sign-in-hint = Server und Zugang bekommen Sie von Ihrer Verwaltung.
sign-out = Abmelden
failure-wrong-password = Benutzername oder Kennwort stimmt nicht.
failure-too-many-tries = Zu viele Versuche. Bitte warten Sie fünf Minuten.
failure-unreachable = Der Server antwortet nicht. Prüfen Sie Adresse und Netz. ({ $name })
failure-not-signed-in = Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.
failure-other = Das hat nicht geklappt: { $name }

# Räume
kind-webinar = Webinar
number = Nummer
kind-group-call = Gruppenanruf

# Vor dem Beitritt
camera = Kamera
microphone = Mikrofon
speaker = Lautsprecher
microphone-level = Pegel des Mikrofons
device-none = Ohne
device-demo = Vorführung
device-default = Wie im System eingestellt
mirrored-hint = Nur Sie sehen sich gespiegelt
preview-without-camera = Sie treten ohne Kamera bei.
preview-no-camera = Keine Kamera gefunden. Sie können trotzdem beitreten.
preview-starting = Die Kamera startet
joins-muted = Sie treten stumm bei
check-camera = Kamera
check-no-camera = Keine Kamera
check-microphone = Mikrofon
check-no-microphone = Kein Mikrofon
join-muted = Stumm beitreten
join-without-camera = Ohne Kamera beitreten
join = Beitreten
pre-join-back = Zurück

# Hintergrund
background = Hintergrund
background-off = Aus
background-blurred = Unscharf
background-picture = Bild
background-strength = Stärke
strength-subtle = dezent
strength-strong = stark
background-choose = Bild wählen
background-drop = Sie können eine Bilddatei auch hierher ziehen.
background-refused = Das Bild lässt sich nicht verwenden. ({ $name })
blur-path-gpu = Grafikkarte: { $name }
blur-path-cpu = Prozessor
blur-path-whole = Ganzes Bild unscharf
blur-starting = Die Grafikkarte wird noch vorbereitet.
blur-gpu = Die Grafikkarte entlastet den Prozessor.
blur-no-gpu = Keine geeignete Grafikkarte ({ $name })
blur-gpu-failed = Die Grafikkarte ist ausgefallen. ({ $name })
blur-gpu-slow = Die Grafikkarte kam nicht nach.
blur-failed = Sie lassen sich nicht vom Raum unterscheiden. ({ $name })

# Technik
health = Technische Angaben
health-open = Technische Angaben zeigen
health-details = Details
health-none = Noch keine Angaben
health-off = Aus: Man sieht Ihren Raum, wie er ist.
health-sending = Gesendetes Bild
health-size = Auflösung
health-encoder = Kodierer
health-dropped = Ausgelassene Bilder
health-capacity = Leitung zum Server
health-round-trip = Hin und zurück
health-whole = Ganz unscharfe Bilder
health-withheld = Zurückgehaltene Bilder
health-fallbacks = Ausfälle
health-passes = Durchgänge der Grafikkarte
quality = Güte
quality-full = voll
quality-reduced = vereinfacht
quality-lowest = grob
stage-each = Zeit je Bild
stage-median = Median
stage-slowest = 95 %
stage-network = Erkennung
stage-refine = Umriss
stage-blur = Unschärfe
stage-composite = Zusammensetzen
stage-frame = Insgesamt

# Gespräch
leave = Verlassen
leave-more = Weitere Wege hinaus
end-for-all = Für alle beenden
end-title = Für alle beenden?
end-text = { $count ->
    [0] Außer Ihnen ist niemand da.
    [one] Eine Person verliert die Verbindung.
   *[other] { $count } Personen verlieren die Verbindung.
}
end-go = Für alle beenden
end-stay = Weitermachen
live = Live
held = Gehalten
watching-count = { $count ->
    [one] { $count } sieht zu
   *[other] { $count } sehen zu
}
people-count = { $count ->
    [one] { $count } Person
   *[other] { $count } Personen
}
more-count = { $count } weitere
mute = Stummschalten
unmute = Ton einschalten
video-off = Video ausschalten
video-on = Video einschalten
microphone-choose = Mikrofon und Lautsprecher wählen
camera-choose = Kamera wählen
hand-raise = Hand heben
hand-lower = Hand senken
view-tiles = Kachelansicht
view-stage = Bühne
chat = Chat
people = Teilnehmer
fullscreen-enter = Vollbild
fullscreen-leave = Vollbild beenden
page-back = Vorige Seite
page-on = Nächste Seite
you = Sie
you-aside = (Sie)
tile-show-large = { $name } groß zeigen
stage-empty = Noch spricht niemand
copy-invitation = Einladungslink kopieren
copy-link = Link kopieren

# Die Lampe
lamp-heard = Man hört Sie
lamp-heard-by = { $count ->
    [one] Eine Person hört Sie
   *[other] { $count } hören Sie
}
lamp-heard-and-seen = { $count ->
    [one] Eine Person hört und sieht Sie
   *[other] { $count } hören und sehen Sie
}
lamp-only-seen = Man sieht Sie, hört Sie nicht
lamp-off = Niemand hört Sie

# Chat
chat-empty = Noch keine Nachricht
chat-field = Nachricht
chat-send = Senden
chat-to = An
chat-to-everyone = an alle
chat-to-hosts = an Moderatoren
chat-to-you = nur an Sie
chat-to-person = nur an { $name }
chat-to-gone = an jemanden, der nicht mehr da ist
chat-hint-everyone = Nachricht an alle
chat-hint-hosts = Nachricht an Moderatoren
chat-hint-private = Nachricht an eine Person
chat-hint-gone = Diese Person ist nicht mehr da
scope-everyone = Alle
scope-hosts = Moderatoren
scope-private = Privat
panel-close = Schließen

# Teilnehmer
people-in-call = Im Gespräch
role-host = Moderation
role-presenter = Vortrag
role-attendee = Teilnahme
person-more = Mehr zu { $name }
make-host = Zur Moderation machen
make-presenter = Vortragen lassen
make-attendee = Nur teilnehmen lassen
invite = Person einladen
hands-title = Hände in Reihenfolge
hands-lower-all = Alle senken
hands-count = { $count ->
    [one] Eine Hand
   *[other] { $count } Hände
}
hand-since = seit { $name }
hand-grant = Wort geben
hand-grant-of = { $name } das Wort geben
hand-lower-of = Hand von { $name } senken

# Meldungen
toast-close = Meldung schließen
toast-copied = Einladungslink kopiert
toast-hand-lowered = Ihre Hand wurde gesenkt
toast-may-publish = Sie können jetzt sprechen und sich zeigen
toast-may-not-publish = Sie sehen und hören jetzt nur noch zu
toast-denied = Das ist hier nicht erlaubt
toast-unsaid = Nicht gesendet: keine Verbindung
toast-unsaid-detail = Versuchen Sie es nach dem Wiederverbinden noch einmal.
toast-blur-lower = Rechner ausgelastet: Hintergrund vereinfacht
toast-blur-lowest = Rechner ausgelastet: Hintergrund nur noch grob
toast-blur-better = Der Hintergrund ist wieder genauer
toast-blur-gpu-failed = Grafikkarte ausgefallen, der Prozessor übernimmt
toast-blur-gpu-slow = Grafikkarte ausgelastet, der Prozessor übernimmt
toast-blur-whole = Ihr ganzes Bild ist unscharf
banner-speaks-muted = Sie sprechen, aber niemand hört Sie
banner-unmute-key = Taste { $name } schaltet den Ton ein
banner-link-lost = Verbindung verloren. Neuer Versuch läuft.
banner-media-lost = Bild und Ton sind unterbrochen. Neuer Versuch läuft.

# Warten
wait-title = Gleich geht es los
wait-text = Noch ist niemand da, der moderiert. Sie kommen von selbst hinein, sobald jemand kommt.
hold-title = Gleich geht es weiter
hold-text = Die Moderatoren sind kurz weg. Sie bleiben verbunden und sind wieder dabei, sobald jemand zurückkommt.
joining-title = Sie treten bei
joining-text = Einen Moment, die Verbindung wird aufgebaut.
lost-title = Verbindung verloren
lost-text = Der Server ist nicht zu erreichen. Neuer Versuch läuft von selbst.
held-since = Gehalten seit
waiting-since = Sie warten seit
waiting-screen = Wartebildschirm
waiting-private = Solange Sie warten, sieht und hört Sie niemand.
link-up = Verbindung steht
link-connecting = Verbindung wird aufgebaut
link-lost = Verbindung verloren

# Danach
ended-left-title = Gespräch verlassen
ended-left = Sie können wieder beitreten, solange die anderen da sind.
ended-by-host-title = Beendet
ended-by-host = Die Moderation hat für alle beendet.
ended-replaced-title = Anderswo geöffnet
ended-replaced = Sie sind auf einem anderen Gerät oder in einem anderen Fenster in diesem Gespräch.
ended-refused-title = Kein Zutritt
ended-home = Zu den Räumen
ended-rejoin = Wieder beitreten
refused-version = Dieses Programm ist zu alt oder zu neu für den Server. Bitte aktualisieren Sie es.
refused-link = Dieser Link gilt nicht oder nicht mehr.
refused-session = Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.
refused-room = Diesen Raum gibt es nicht, oder er ist nicht für Sie bestimmt.
refused-name = Der Anzeigename fehlt oder ist zu lang.
refused-ended = Das Gespräch ist vorbei.
refused-resume = Ihr Platz ist nicht mehr frei gehalten. Bitte treten Sie neu bei.
refused-full = Der Server ist voll. Bitte versuchen Sie es später.
refused-number = Nummer oder PIN stimmt nicht.
refused-too-many-tries = Zu viele falsche Versuche. Bitte versuchen Sie es in einer Stunde noch einmal.
refused-no-guests = Dieser Raum nimmt gerade keine Gäste auf.
refused-no-guest-place = Alle Gastplätze des Servers sind belegt. Bitte versuchen Sie es in ein paar Minuten noch einmal.
refused-locked = Das Gespräch ist abgeschlossen. Bitten Sie die Moderation, aufzuschließen.
refused-removed = Die Moderation hat Sie aus diesem Gespräch entfernt.
ended-removed-title = Entfernt
ended-removed = Die Moderation hat Sie aus dem Gespräch entfernt.
ended-nobody-came = Dreißig Minuten lang kam niemand dazu.
ended-held-too-long = Das Gespräch wurde zu lange gehalten.
knock-title = Gleich sind Sie dabei
knock-text = Die Moderation sieht, dass Sie warten, und lässt Sie ein.
knock-one = { $name } wartet vor der Tür
knock-count = { $count ->
    [one] Eine Person wartet vor der Tür
   *[other] { $count } Personen warten vor der Tür
}
knock-admit = Einlassen
toast-muted = { $name } hat Ihr Mikrofon ausgeschaltet
toast-join-muted = In diesem Raum beginnt man stumm
