# Anrufe, die klingeln
calls-window = { $name } ruft an
calls-rings = Sie werden gerufen
calls-rings-all = Alle werden gerufen
calls-you-video = ruft Sie mit Video an
calls-you-audio = ruft Sie an
calls-you-into = ruft Sie in { $name }
calls-already-there = { $count } schon da
calls-join = Teilnehmen
calls-join-audio = Nur Audio
calls-decline = Ablehnen
calls-how = Sie treten { $sound } und { $picture } bei.
calls-how-muted = stumm
calls-how-heard = mit Ton
calls-how-no-camera = ohne Kamera
calls-how-camera = mit Kamera
calls-how-blurred = mit unscharfem Hintergrund
calls-how-picture = mit Hintergrundbild

# Eigene Anrufe
calls-asking = Der Anruf wird aufgebaut …
calls-ringing-video = Videoanruf: Es klingelt bei { $name } …
calls-ringing-audio = Audioanruf: Es klingelt bei { $name } …
calls-cancel = Auflegen
calls-close = Schließen
calls-declined = { $name } hat abgelehnt. Schreiben Sie eine Nachricht oder rufen Sie später an.
calls-missed = { $name } hat nicht abgenommen. Der Anruf steht dort im Journal.
calls-busy = { $name } ist gerade in einem Gespräch und wurde nicht gestört. Der Anruf steht dort im Journal.
calls-not-there = { $name } ist nicht angemeldet. Schreiben Sie eine Nachricht oder planen Sie einen Anruf.
calls-rings-already = Bei { $name } klingelt es bereits. Warten Sie einen Moment.
calls-stranger = Sie können { $name } noch nicht anrufen. Fügen Sie die Person zu Ihren Kontakten hinzu.

# Links und Symbol in der Leiste
calls-link-waits = Der Link öffnet sich, sobald dieses Gespräch zu Ende ist.
calls-link-in-browser = Dieser Link führt zu einer Gästeseite. Sie öffnet sich in Ihrem Browser.
calls-tray-show = Katheder zeigen
calls-tray-quit = Beenden
calls-tray-offline = Nicht verbunden

# Journal
journal-title = Journal
journal-loading = Anrufe werden geladen
journal-again = Noch einmal versuchen
journal-empty-title = Noch keine Anrufe
journal-empty = Hier stehen Ihre Anrufe: gemachte, angenommene und verpasste.
journal-only = Nur Anrufe mit
journal-all = Alle Anrufe zeigen
journal-none-with = Mit dieser Person gab es in den geladenen Anrufen keinen.
journal-older = Ältere Anrufe
journal-audio = { $name } mit Ton zurückrufen
journal-video = { $name } mit Video zurückrufen
journal-missed-count = { $count ->
    [one] 1 verpasster Anruf
   *[other] { $count } verpasste Anrufe
}
journal-rings = Klingelt gerade
journal-missed = Verpasst
journal-declined = Von Ihnen abgelehnt
journal-while-busy = Verpasst, Sie waren in einem Gespräch
journal-while-away = Verpasst, Sie waren nicht angemeldet
journal-in-video = Eingehender Videoanruf
journal-in-audio = Eingehender Audioanruf
journal-not-taken = Nicht abgenommen
journal-was-declined = Wurde abgelehnt
journal-was-busy = War in einem Gespräch
journal-was-away = War nicht angemeldet
journal-out-video = Ausgehender Videoanruf
journal-out-audio = Ausgehender Audioanruf
