# Räume: Liste
rooms-title = Räume
rooms-search = Räume und Kontakte
rooms-create = Neuer Raum
rooms-loading = Räume werden geladen
rooms-try-again = Noch einmal versuchen
rooms-none-yet = Noch kein Raum
rooms-none-found = Kein Raum heißt so
rooms-empty-title = Noch kein Raum
rooms-empty = Legen Sie mit dem Plus einen Raum an: Nummer, Link und Chat bleiben bestehen. Wer sofort sprechen will, wählt „Sofort anrufen“.
rooms-none-title = Kein Raum gewählt
rooms-none = Wählen Sie links einen Raum, um zu lesen, zu schreiben oder anzurufen.
rooms-public = öffentlich
rooms-unread = { $count ->
    [one] eine neue Nachricht
   *[other] { $count } neue Nachrichten
}
rooms-waiting = { $count ->
    [one] Ein Gast wartet
   *[other] { $count } Gäste warten
}
rooms-on-hold = Gehalten
rooms-runs-minutes = { $count ->
    [0] Läuft seit eben
   *[other] Läuft seit { $count } Min.
}
rooms-runs-hours = Läuft seit { $count } Std.
rooms-runs-with = { $count ->
    [one] Läuft, einer ist da
   *[other] Läuft, { $count } sind da
}
rooms-draft = Entwurf: { $name }
rooms-public-idle = Öffentlich · niemand wartet
rooms-members-only = Nur für Mitglieder
rooms-back = Zurück zur Liste

# Kopf und Leiste
rooms-start = Starten
rooms-take-part = Teilnehmen
rooms-ring = Alle rufen
rooms-running = Videobesprechung läuft
rooms-held = Besprechung gehalten
rooms-members = { $count ->
    [one] 1 Mitglied
   *[other] { $count } Mitglieder
}
rooms-inside = { $count } im Gespräch
rooms-ad-hoc = endet mit dem Gespräch
rooms-ring-title = Alle Mitglieder rufen?
rooms-ring-text = { $count ->
    [one] Es klingelt bei einer Person, sobald Sie beigetreten sind.
   *[other] Es klingelt bei { $count } Personen, sobald Sie beigetreten sind.
}
rooms-ring-go = Beitreten und rufen
rooms-ring-now-text = { $count ->
    [one] Es klingelt dann bei einer Person, die noch nicht da ist.
   *[other] Es klingelt dann bei { $count } Personen, die noch nicht da sind.
}
rooms-ring-now = Rufen
rooms-cancel = Abbrechen
rooms-save = Speichern

# Chat
rooms-chat-earlier = Frühere Nachrichten
rooms-chat-loading = Nachrichten werden geladen
rooms-chat-empty = Noch keine Nachricht. Schreiben Sie die erste: Alle Mitglieder lesen sie, auch wenn niemand im Gespräch ist.
rooms-chat-hosts = nur für Moderatoren
rooms-chat-hint = Nachricht an { $name }
rooms-chat-send = Senden
rooms-chat-sending = wird gesendet
rooms-chat-retry = Noch einmal senden
rooms-chat-take-back = Ins Feld zurückholen

# Auskunft
rooms-info = Informationen zum Raum
rooms-info-close = Informationen ausblenden
rooms-info-title = Raum
rooms-more = Mehr zu diesem Raum
rooms-waiting-hint = Sobald Sie beitreten, kommen sie hinein oder klopfen bei Ihnen an.
rooms-guests = Gäste zulassen
rooms-guests-on = Der Raum ist öffentlich. Gäste kommen per Link oder Nummer.
rooms-guests-off = Nur Mitglieder kommen hinein.
rooms-places = { $count ->
    [one] Auf dem Server ist noch ein Gastplatz frei.
   *[other] Auf dem Server sind noch { $count } Gastplätze frei.
}
rooms-places-none = Alle Gastplätze des Servers sind belegt. Neue Gäste werden abgewiesen, bis einer frei wird.
rooms-places-scarce = Es sind mehr Gäste eingeladen, als der Server Plätze hat. Sprechen Sie mit Ihrer Verwaltung.
rooms-phone = Einwahlnummer
rooms-phone-copy = Einwahlnummer kopieren
rooms-number = Raumnummer
rooms-number-copy = Raumnummer kopieren
rooms-pin = PIN
rooms-pin-copy = PIN kopieren
rooms-url = URL
rooms-url-copy = URL kopieren
rooms-copy-all = In Zwischenablage kopieren
rooms-copied-all = Kopiert: Nummer, PIN und URL als Text
rooms-qr = QR-Code zeigen
rooms-qr-hide = QR-Code ausblenden
rooms-number-stays = Nummer und Link bleiben gültig, auch für spätere Besprechungen.
rooms-number-ad-hoc = Nummer und Link gelten, solange dieses Gespräch dauert.
rooms-lock-hint = Teilen sich mehrere Gruppen die Nummer? Schließen Sie die Sitzung ab, sobald die Gewünschten da sind.
rooms-waiting-room = Warteraum
rooms-waiting-room-hint = Gäste klopfen an
rooms-users-moderate = Interne sind Moderatoren
rooms-users-moderate-hint = Wer ein Konto hat, darf starten
rooms-pin-required = PIN verlangen
rooms-pin-required-hint = Wer per Nummer kommt, nennt auch die PIN
rooms-join-muted = Stumm beginnen
rooms-join-muted-hint = Mikrofone sind beim Eintritt aus
rooms-chat-everyone = Chat für alle
rooms-chat-everyone-hint = Auch Gäste schreiben an alle

# Mitglieder
rooms-members-title = Mitglieder
rooms-members-all = Alle zeigen
rooms-members-fewer = Weniger zeigen
rooms-member-add = Mitglieder aufnehmen
rooms-member-add-go = Aufnehmen
rooms-member-more = Mehr zu { $name }
rooms-member-host = Zur Moderation machen
rooms-member-no-host = Moderation entziehen
rooms-member-remove = Aus dem Raum entfernen
rooms-member-remove-title = Mitglied entfernen?
rooms-member-remove-text = Die Person sieht den Raum nicht mehr und verlässt ein laufendes Gespräch.
rooms-standing-owner = Eigentümer
rooms-standing-host = Moderation
rooms-standing-member = Mitglied
rooms-people-search = Personen suchen
rooms-people-none = Niemand heißt so.
rooms-people-no-contacts = Sie haben noch keine Kontakte. Suchen Sie nach einem Namen.
rooms-people-remove = { $name } herausnehmen

# Weitere Links
rooms-links = Weitere Links
rooms-links-none = Für einzelne Gäste oder eine begrenzte Zeit
rooms-link-add = Weiterer Link
rooms-link-label = Für wen oder was
rooms-link-label-hint = Zum Beispiel: Beirat
rooms-link-expiry = Gültig
rooms-link-make = Link anlegen
rooms-link-until = Bis { $name }
rooms-link-forever = Ohne Ablauf
rooms-link-copy = Link „{ $name }“ kopieren
rooms-link-revoke = Link „{ $name }“ zurückziehen
rooms-link-revoke-title = Link zurückziehen?
rooms-link-revoke-text = Er führt nicht mehr in den Raum. Wer mit ihm gekommen ist, bleibt im Gespräch.
rooms-link-revoke-go = Zurückziehen
rooms-expiry-never = Ohne Ablauf
rooms-expiry-day = Einen Tag
rooms-expiry-week = Eine Woche
rooms-expiry-month = Dreißig Tage

# Selten
rooms-name = Raumname
rooms-kind = Art
rooms-create-go = Raum anlegen
rooms-rename = Umbenennen
rooms-new-pin = Neue PIN
rooms-new-pin-title = PIN ersetzen?
rooms-new-pin-text = Die bisherige PIN öffnet den Raum nicht mehr.
rooms-new-link = Neuer Link
rooms-new-link-title = Link ersetzen?
rooms-new-link-text = Der bisherige Link führt nirgends mehr hin. Weitere Links bleiben.
rooms-delete = Raum löschen
rooms-delete-title = Raum löschen?
rooms-delete-text = Nummer, Links und Chat gehen für alle Mitglieder verloren.
rooms-leave = Raum verlassen
rooms-leave-title = Raum verlassen?
rooms-leave-text = Sie sehen den Raum und seinen Chat nicht mehr, bis Sie jemand wieder aufnimmt.

# Auf der eigenen Website
rooms-embed = Auf Website einbetten
rooms-embed-text = Der Sitzungslogin für Ihre Website: Die Raumnummer ist eingetragen, Gäste nennen nur ihren Namen.
rooms-embed-color = Farbe der Schaltfläche
rooms-embed-background = Hintergrund
rooms-embed-color-wrong = Farben schreiben Sie als # und sechs Ziffern, etwa #e6b85c.
rooms-embed-title = Überschrift
rooms-embed-title-hint = Wie im Produkt
rooms-embed-language = Sprache
rooms-embed-language-any = Die des Besuchers
rooms-embed-german = Deutsch
rooms-embed-english = Englisch
rooms-embed-script = Als Skript
rooms-embed-script-copy = Skript kopieren
rooms-embed-frame = Als Rahmen, wo keine fremden Skripte erlaubt sind
rooms-embed-frame-copy = Rahmen kopieren

# Sofort anrufen
rooms-call-now = Sofort anrufen
rooms-call-whom = Wen rufen?
rooms-call-go = Starten
rooms-call-ring = { $count ->
    [one] Starten und eine Person rufen
   *[other] Starten und { $count } Personen rufen
}
rooms-call-lasts = Nummer und Link gelten, solange dieses Gespräch dauert. Kommt dreißig Minuten lang niemand dazu, endet es von selbst.
rooms-group-call-of = Gruppenanruf von { $name }
rooms-webinar-of = Webinar von { $name }
rooms-external = Externe Teilnehmer einladen
rooms-external-text = Gäste brauchen kein Konto. Mit OK entsteht der Link in den Raum mit dem Namen oben.
rooms-external-link = Schicken Sie den Link per E-Mail, SMS, WhatsApp oder wie Sie möchten.
rooms-ok = OK

# Was der Server ablehnt
rooms-failed-running = In diesem Raum läuft ein Gespräch. Beenden Sie es zuerst.
rooms-failed-planned = Dieser Raum gehört zu einem Eintrag im Anrufplaner. Löschen Sie dort den Eintrag.
rooms-failed-owner = Der Raum gehört dieser Person, sie bleibt Mitglied.
rooms-failed-ringing = Es klingelt schon bei allen. Treten Sie bei oder warten Sie einen Moment.
rooms-failed-nobody = Es ist niemand zu rufen: Alle sind schon da oder nicht angemeldet. Schreiben Sie eine Nachricht in den Chat.
rooms-failed-forbidden = Das dürfen nur Eigentümer und Moderation des Raums. Bitten Sie dort darum.
rooms-failed-gone = Diesen Raum gibt es nicht mehr, oder Sie gehören nicht mehr dazu.
rooms-failed-name = Geben Sie einen Namen mit 1 bis 120 Zeichen ein.
rooms-failed-members = Jemand davon hat kein Konto mehr. Nehmen Sie die Person heraus und versuchen Sie es noch einmal.
rooms-failed-label = Schreiben Sie, für wen oder was der Link ist.
rooms-failed-expiry = Der Link wäre schon abgelaufen. Wählen Sie eine spätere Zeit.
rooms-failed-text = Eine Nachricht hat 1 bis 2000 Zeichen. Kürzen Sie sie.
rooms-failed-look = Farben schreiben Sie als #rrggbb, die Überschrift hat höchstens 80 Zeichen.
