# Bilder und Leiste eines Gesprächs

# Kacheln
tile-screen = Bildschirm von { $name }
tile-picture-coming = Das Bild kommt gleich
tile-speaks = spricht
tile-you-speak = sprechen
tile-pin = Auf der Bühne anheften
tile-unpin = Von der Bühne lösen
tile-mute = Stummschalten
tile-volume = Lautstärke von { $name }
self-hide = Eigenes Bild ausblenden
self-show = Eigenes Bild einblenden
self-corner = In die nächste Ecke

# Leiste
call-more = Mehr
call-hold = Halten
call-resume = Fortsetzen
call-audio-only = Nur Ton
call-restart = Gespräch neu starten
call-settings = Weitere Einstellungen
call-cancel = Abbrechen
call-lock = Abschließen
call-unlock = Aufschließen
call-locked = Abgeschlossen: niemand kommt mehr hinzu
view-side-by-side = Nebeneinander

# Zweites Fenster
second-window = Zweites Fenster
second-tiles = Kacheln in eigenem Fenster
second-chat = Chat in eigenem Fenster
second-people = Teilnehmer in eigenem Fenster

# Bildschirm teilen
share-start = Bildschirm teilen
share-stop = Freigabe beenden
share-own = Ihr geteilter Bildschirm
share-now = Sie teilen: { $name }
share-title = Was möchten Sie teilen?
share-go = Teilen
share-monitors = Bildschirme
share-windows = Fenster
share-desktop = Auswahl des Systems
share-looking = Bildschirme und Fenster werden gesucht
share-none-title = Nichts zu teilen
share-none = Auf diesem Rechner lässt sich gerade kein Bildschirm aufnehmen. Erlauben Sie die Bildschirmaufnahme in den Einstellungen des Systems und versuchen Sie es noch einmal.

# Webinar, für Vortragende
presenter-well = Alles gesund.
presenter-reaches = { $count ->
    [0] Noch sieht niemand zu.
    [one] Eine Person sieht zu.
   *[other] { $count } sehen zu.
}
presenter-weak = Ihre Leitung ist schwach.
presenter-weak-why = Zuhörer sehen Sie unscharf. Schalten Sie Ihr Video aus, damit der Ton sicher ankommt.
presenter-lost = Die Verbindung ist unterbrochen.
presenter-lost-why = Zuhörer sehen und hören Sie gerade nicht. Neuer Versuch läuft.
presenter-round-trip = Laufzeit
presenter-capacity = Leitung
presenter-size = Ihr Bild
