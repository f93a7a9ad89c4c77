# Pictures and toolbar of a conference

# Tiles
tile-screen = { $name }'s screen
tile-picture-coming = The picture is on its way
tile-speaks = speaks
tile-you-speak = speak
tile-pin = Pin to the stage
tile-unpin = Unpin from the stage
tile-mute = Mute
tile-volume = Volume of { $name }
self-hide = Hide own picture
self-show = Show own picture
self-corner = To the next corner

# Toolbar
call-more = More
call-hold = Hold
call-resume = Resume
call-audio-only = Audio only
call-restart = Restart the call
call-settings = More settings
call-cancel = Cancel
call-lock = Lock
call-unlock = Unlock
call-locked = Locked: nobody else can join
view-side-by-side = Side by side

# Second window
second-window = Second window
second-tiles = Tiles in a window of their own
second-chat = Chat in a window of its own
second-people = People in a window of their own

# Sharing a screen
share-start = Share screen
share-stop = Stop sharing
share-own = Your shared screen
share-now = You share: { $name }
share-title = What would you like to share?
share-go = Share
share-monitors = Screens
share-windows = Windows
share-desktop = The system's choice
share-looking = Looking for screens and windows
share-none-title = Nothing to share
share-none = No screen of this machine can be captured now. Allow screen capture in the system's settings and try again.

# Webinar, for presenters
presenter-well = All is well.
presenter-reaches = { $count ->
    [0] Nobody is watching yet.
    [one] One person is watching.
   *[other] { $count } are watching.
}
presenter-weak = Your line is weak.
presenter-weak-why = Attendees see you blurred. Turn your video off so that the sound gets through.
presenter-lost = The connection is interrupted.
presenter-lost-why = Attendees neither see nor hear you. Trying again.
presenter-round-trip = Round trip
presenter-capacity = Line
presenter-size = Your picture
