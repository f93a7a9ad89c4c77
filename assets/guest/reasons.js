// Why it is over, or never began: which words the last screen shows for the hub's reasons.

const REFUSED = {
  version: "old",
  // Not the last screen: the first one, with a hint at the name.
  name: "enter",
  ended: "ended",
  full: "full",
  number: "number",
  too_many_tries: "tries",
  no_guests: "noGuests",
  no_guest_place: "noPlace",
  locked: "locked",
  removed: "removed",
};

const ENDED = {
  left: "left",
  ended_by_host: "ended",
  replaced: "replaced",
  removed: "removed",
  nobody_came: "nobodyCame",
  held_too_long: "heldTooLong",
};

export const afterRefusal = (reason) => REFUSED[reason] ?? "gone";
export const afterEnd = (reason) => ENDED[reason] ?? "ended";

/** Whether trying again is of no use. */
export const forGood = (why) => ["gone", "removed", "number"].includes(why);
