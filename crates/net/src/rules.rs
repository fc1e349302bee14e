//! What a link decides.

tcp::rules! {
    LOST_BY_CHANCE = "net.link.lost_by_chance", "scenario", [frame, per_million];
    LOST_BY_COUNT = "net.link.lost_by_count", "scenario", [frame, nth, kind];
    QUEUE_FULL = "net.link.queue_full", "scenario", [frame, waiting, limit];
    NO_RECEIVER = "net.link.no_receiver", "IEEE 802.3", [frame];
    NOT_PLUGGED = "net.link.not_plugged", "scenario", [iface];
    CARRIED = "net.link.carried", "scenario", [frame, octets, arrives];
}
