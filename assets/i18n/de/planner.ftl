# Anrufplaner
planner-title = Anrufplaner
planner-plan-webinar = Webinar planen
planner-plan-group-call = Gruppenanruf planen
planner-loading = Einträge werden geladen
planner-again = Erneut versuchen

# Filter
planner-kind = Art
planner-kind-all = Alle
planner-kind-webinars = Webinare
planner-kind-group-calls = Gruppenanrufe
planner-state = Zustand
planner-state-all = alle
planner-state-is = Zustand: { $name }
planner-span = Zeitraum
planner-span-all = Alle Termine
planner-span-week = Diese Woche
planner-span-fortnight = Diese und nächste Woche
planner-span-month = Dieser Monat
planner-span-next-month = Nächster Monat
planner-span-last = Letzte 30 Tage
planner-span-between = Von – bis …
planner-range = Zeitraum wählen
planner-range-first = Von
planner-range-last = Bis
planner-range-show = Zeitraum zeigen
planner-range-no-day = Das ist kein Tag. So geht es: 26.11.2026 oder morgen
planner-range-order = Der letzte Tag liegt vor dem ersten. Ändern Sie einen von beiden.
planner-whose = Von wem
planner-whose-both = Von mir und eingeladen
planner-whose-mine = Von mir
planner-whose-invited = Eingeladen
planner-whose-all = Alle Einträge
planner-filter = Filter
planner-search = Suchen
planner-search-key = Strg F
planner-nothing-found = Kein Eintrag passt zu diesen Filtern
planner-nothing-found-note = Nehmen Sie einen Filter heraus, um mehr zu sehen.
planner-clear-filters = Filter zurücksetzen
planner-more = Weitere anzeigen

# Spalten und Abschnitte
planner-column-start = Beginn
planner-column-kind = Art
planner-column-title = Titel
planner-column-state = Zustand
planner-column-number = Nummer
planner-column-action = Aktion
planner-group-now = Jetzt und gleich
planner-group-permanent = Dauerhafte Räume
planner-group-permanent-note = ohne Termin, Nummer bleibt reserviert
planner-group-past = Vergangen
planner-any-time = Jederzeit
planner-permanent = dauerhaft
planner-today = heute
planner-planned = Geplant
planner-soon = Bald
planner-running = Läuft
planner-held = Gehalten
planner-over = Beendet
planner-public = Öffentlich
planner-permanent-state = Dauerhaft
planner-permanent-kind = { $name }, dauerhafter Raum
planner-you = Sie
planner-series = Serie
planner-invited = Sie sind eingeladen
planner-public-note = öffentlich, Gäste zugelassen
planner-registered = { $count } eingeladen
planner-participants = { $count } Teilnehmer
planner-accepted = { $count } zugesagt
planner-declined = { $count } abgesagt
planner-tentative = { $count } vielleicht
planner-open = { $count } offen
planner-inside = { $count ->
    [one] 1 ist da
   *[other] { $count } sind da
}
planner-inside-of = { $inside } von { $count } sind da
planner-waiting = { $count ->
    [one] 1 wartet
   *[other] { $count } warten
}
planner-mails-failed = { $count ->
    [one] 1 E-Mail nicht zugestellt
   *[other] { $count } E-Mails nicht zugestellt
}

# Zeilen
planner-join = Anruf beitreten
planner-show = Anzeigen
planner-edit = Bearbeiten
planner-invite = Einladen
planner-delete = Löschen
planner-actions = Weitere Aktionen
planner-only-organiser = Das kann nur { $name }.
planner-no-edit-running = Läuft gerade: erst beenden, dann bearbeiten.
planner-no-edit-over = Schon vorbei: Planen Sie einen neuen Eintrag.
planner-not-now = Das geht gerade nicht.
planner-no-delete-running = Läuft gerade: erst beenden.
planner-no-invite-over = Schon vorbei: Es kann niemand mehr eingeladen werden.
planner-no-join-over = Der Anruf ist vorbei.
planner-no-join-yet = Der Beitritt ist ab 15 Minuten vor Beginn möglich.

# Löschen
planner-delete-title = Eintrag löschen?
planner-delete-text = „{ $name }“ wird aus dem Planer entfernt. Die Nummer { $number } wird wieder frei, Link und PIN gelten nicht mehr.
planner-delete-notified = Alle Teilnehmer erhalten eine Absage per E-Mail.
planner-keep = Behalten

# Einladen
planner-invite-by = Einladen:
planner-select-hint = Wählen Sie einen Eintrag, um andere dazu einzuladen.
planner-selected = ausgewählt
planner-working = Einen Moment …
planner-by-mail = Per E-Mail
planner-copy-text = Einladung kopieren
planner-copy-other = Einladung auf Englisch
planner-calendar = Kalendereintrag
planner-calendar-open = Im Kalender öffnen
planner-copy-link = Link kopieren
planner-copy-number = Nummer und PIN
planner-code = QR-Code
planner-code-text = Mit der Kamera eines Telefons öffnet dieser Code die Gastseite.
planner-import = Antwort einlesen (.ics)
planner-more-ways = Weitere Wege einzuladen
planner-text-copied = Einladung kopiert
planner-link-copied = Link kopiert
planner-number-copied = Nummer und PIN kopiert
planner-mails-queued = { $count ->
    [0] Niemand hat eine E-Mail-Adresse.
    [one] 1 E-Mail ist unterwegs.
   *[other] { $count } E-Mails sind unterwegs.
}
planner-calendar-saved = Gespeichert: { $name }
planner-answer-accepted = { $name } sagt zu.
planner-answer-tentative = { $name } kommt vielleicht.
planner-answer-declined = { $name } sagt ab.
planner-answer-older = Eine neuere Antwort von { $name } ist schon bekannt.
planner-nobody-invited = Noch ist niemand eingeladen. Fügen Sie beim Bearbeiten Teilnehmer hinzu.
planner-no-date = Ein Raum ohne Termin steht in keinem Kalender. Geben Sie ihm beim Bearbeiten einen Beginn.

# Erste Nutzung
planner-empty-title = Noch nichts geplant
planner-empty-text = Planen Sie, was mehr als einen Tag im Voraus feststeht. Für alles Spontane genügt „Sofort anrufen“.
planner-webinar-text = Sie präsentieren, beliebig viele hören zu und stellen Fragen.
planner-webinar-key = Strg N
planner-group-call-text = Bis zu 24 Teilnehmer sehen und hören einander.
planner-group-call-key = Strg G
planner-profile-missing = Videokonferenz-Profil fehlt. Ohne Profil können Sie weder planen noch beitreten.
planner-profile-make = Profil anlegen

# Einzelheiten
planner-back = Zurück
planner-about = Termin
planner-when = Wann
planner-organiser = Organisator
planner-description = Beschreibung
planner-notices = Benachrichtigungen
planner-notify = Teilnehmer werden per E-Mail benachrichtigt.
planner-phone-info = Einladungen enthalten die Telefonkonferenzinformationen.
planner-reminder = Sie werden { $name } vorher per E-Mail erinnert.
planner-no-mails = Keine
planner-way-in = Einwahl
planner-pin = PIN
planner-link = Link
planner-copy = { $name } kopieren
planner-number-note = Bleibt reserviert, solange der Eintrag besteht; auch für mehrere Gruppen und Termine.
planner-people = Teilnehmer
planner-co-host = Moderiert mit
planner-reply-accepted = Zugesagt
planner-reply-tentative = Vielleicht
planner-reply-declined = Abgesagt
planner-reply-open = Offen
planner-mails = Nicht zugestellte E-Mails
planner-mail-invitation = Einladung
planner-mail-change = Änderung
planner-mail-cancellation = Absage
planner-mail-reminder = Erinnerung
planner-mail-failed = { $name } gescheitert:
planner-mail-waits = { $name } wartet auf den nächsten Versuch.
planner-mail-again = Erneut senden

# Termine einer Serie
planner-dates = Nächste Termine
planner-end = Ende
planner-exceptions = Abweichungen
planner-move-one = Diesen Termin verlegen
planner-cancel-one = Diesen Termin absagen
planner-moved = Verlegt
planner-cancelled = Fällt aus
planner-restore = Wiederherstellen
planner-cancel-title = Diesen Termin absagen?
planner-cancel-text = { $name } fällt aus. Die anderen Termine der Serie bleiben.
planner-cancel-yes = Absagen
planner-cancel = abbrechen
planner-move-title = Termin verlegen
planner-move-save = Verlegen
planner-move-hint = Datum und Uhrzeit, zum Beispiel 25.11.2026 14:00
planner-move-format = Schreiben Sie Datum und Uhrzeit wie 25.11.2026 14:00.
planner-move-past = Der Beginn liegt in der Vergangenheit. Wählen Sie einen späteren.
planner-move-order = Das Ende muss nach dem Beginn liegen, höchstens 24 Stunden später.
planner-move-long = Ein Termin dauert höchstens 24 Stunden.
planner-double-booked = { $count ->
    [one] Gespeichert. Ein Teilnehmer hat zu dieser Zeit schon etwas anderes.
   *[other] Gespeichert. Zu dieser Zeit gibt es { $count } Überschneidungen mit anderen Terminen der Teilnehmer.
}

# Was nicht geht
planner-failed-profile = Legen Sie zuerst in den Einstellungen Ihr Videokonferenz-Profil an.
planner-failed-live = Die Konferenz läuft gerade. Beenden Sie sie, dann lässt sich der Eintrag löschen.
planner-failed-single = Dieser Eintrag hat nur einen Termin. Ändern Sie ihn mit Bearbeiten.
planner-failed-begun = Dieser Termin hat schon begonnen und bleibt, wie er ist.
planner-failed-last = Das ist der letzte Termin der Serie. Löschen Sie stattdessen den Eintrag.
planner-failed-exceptions = Die Serie hat zu viele Abweichungen. Planen Sie sie neu.
planner-failed-mail = Dieser Server verschickt keine E-Mails. Kopieren Sie die Einladung und senden Sie sie selbst.
planner-failed-one-date = Diese Antwort gilt nur einem Termin der Serie. Nur Antworten auf die ganze Serie werden übernommen.
planner-failed-stranger = Wer hier antwortet, ist nicht eingeladen. Fügen Sie die Person zuerst hinzu.
planner-failed-forbidden = Das darf nur, wer den Eintrag angelegt hat.
planner-failed-gone = Diesen Eintrag gibt es nicht mehr.
planner-failed-reply = Das ist keine Antwort auf diese Einladung. Wählen Sie die .ics-Datei aus der Antwort-E-Mail.
planner-failed-hub = Der Server hatte eine Störung. Versuchen Sie es gleich noch einmal.

# Tage und Zeiten
planner-short-day = { $weekday } { $day }.{ $month }.
planner-figures = { $day }.{ $month }.
planner-hours = { $name } Std.
planner-minutes = { $name } Min.
planner-in-minutes = { $count ->
    [0] jetzt
    [one] in 1 Minute
   *[other] in { $count } Minuten
}
planner-mon = Mo
planner-tue = Di
planner-wed = Mi
planner-thu = Do
planner-fri = Fr
planner-sat = Sa
planner-sun = So
