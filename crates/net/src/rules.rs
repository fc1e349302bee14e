//! What a link decides.

tcp::rules! {
    LOST_BY_CHANCE = "net.link.lost_by_chance", "scenario", [frame, per_million];
    LOST_BY_COUNT = "net.link.lost_by_count", "scenario", [frame, nth, kind];
    QUEUE_FULL = "net.link.queue_full", "scenario", [frame, waiting, limit];
    NO_RECEIVER = "net.link.no_receiver", "IEEE 802.3", [frame];
    NOT_PLUGGED = "net.link.not_plugged", "scenario", [iface];
    RULE_DROPS = "net.rule.drops", "scenario", [frame, rule];
    RULE_DUPLICATES = "net.rule.duplicates", "scenario", [frame, rule];
    RULE_DELAYS = "net.rule.delays", "scenario", [frame, rule, by];
    RULE_HOLDS = "net.rule.holds", "scenario", [frame, rule];
    RULE_EDITS = "net.rule.edits", "scenario", [frame, rule];
    RULE_CORRUPTS = "net.rule.corrupts", "scenario", [frame, rule];
    CARRIED = "net.link.carried", "scenario", [frame, octets, arrives];
}
