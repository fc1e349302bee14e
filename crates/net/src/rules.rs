//! What a link decides.

tcp::rules! {
    LOST_BY_CHANCE = "net.link.lost_by_chance", "scenario", [frame, per_million];
    LOST_BY_COUNT = "net.link.lost_by_count", "scenario", [frame, nth, kind];
    LOST_IN_BURST = "net.link.lost_in_burst", "tc-netem(8) gemodel", [frame, per_million];
    LOST_BETWEEN_BURSTS = "net.link.lost_between_bursts", "tc-netem(8) gemodel", [frame, per_million];
    CORRUPTED = "net.link.corrupted", "tc-netem(8) corrupt", [frame, bit];
    DUPLICATED = "net.link.duplicated", "tc-netem(8) duplicate", [frame, copy];
    REORDERED = "net.link.reordered", "tc-netem(8) reorder", [frame, overtaken];
    LINK_DOWN = "net.link.down", "scenario", [frame];
    LINK_SET = "net.link.set", "scenario", [link, node];
    LINK_SET_DOWN = "net.link.set_down", "scenario", [link, node];
    TOO_BIG = "net.link.too_big", "RFC 1191 §1", [frame, octets, mtu];
    CODEL_DROPS = "net.codel.drops", "RFC 8289 §5", [frame, sojourn, target, count, spacing];
    CODEL_MARKS = "net.codel.marks", "RFC 8289 §5", [frame, sojourn, target, count, spacing];
    RED_DROPS = "net.red.drops", "RFC 2309 §3", [frame, average, min, max];
    RED_MARKS = "net.red.marks", "RFC 3168 §7", [frame, average, min, max];
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
    SWITCH_LEARNED = "net.switch.learned", "IEEE 802.1Q §8.7", [mac, port];
    SWITCH_MOVED = "net.switch.moved", "IEEE 802.1Q §8.7", [mac, from, port];
    SWITCH_FULL = "net.switch.full", "IEEE 802.1Q §8.8", [mac, limit];
    SWITCH_FORWARDED = "net.switch.forwarded", "IEEE 802.1Q §8.6", [mac, port];
    SWITCH_FLOODED = "net.switch.flooded", "IEEE 802.1Q §8.6", [mac, port];
    SWITCH_GROUP = "net.switch.group", "IEEE 802.1Q §8.6", [port];
    SWITCH_FILTERED = "net.switch.filtered", "IEEE 802.1Q §8.6", [mac, port];
    SWITCH_STORM = "net.switch.storm", "IEEE 802.1Q §13", [limit];
    SWITCH_RUNT = "net.switch.runt", "IEEE 802.3 §3.1.1", [octets];
    HUB_REPEATS = "net.hub.repeats", "IEEE 802.3 §9", [port];
}
