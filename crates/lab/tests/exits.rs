//! Wherever a segment leaves the way into a host, a counter with nstat's name says so.
use lab::Session;
use lab::records::MarkKind;
use lab::scenario::SHIPPED;
use std::collections::BTreeMap;

/// Refusals that are looked at in one scenario: floods have thousands alike.
const MOST: usize = 120;

/// Rule, and the counters that grew in a step in which it refused a frame.
#[test]
fn every_refusal_in_a_shipped_scenario_is_counted() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut silent = Vec::new();
    for (id, _) in SHIPPED {
        let mut s = Session::new(id, None).expect("shipped");
        s.run(3_000, f64::INFINITY);
        let refused = s.marks().iter().filter(|m| m.kind == MarkKind::Refused as u8);
        let refused: Vec<_> = refused.map(|m| (m.step, m.node, m.b)).take(MOST).collect();
        for (step, node, rule) in refused {
            s.seek(step);
            let view = s.view();
            let node = &view.nodes[usize::from(node)];
            let grew = node.counters.iter().filter(|c| c.was.is_some());
            // What every segment counts says nothing of its end.
            let grew: Vec<_> =
                grew.filter(|c| !["InSegs", "IpInReceives", "IpInDelivers"].contains(&&*c.name)).collect();
            let rule = lab::rules::all()[usize::from(rule)].id;
            // A hub brings what is for others; Linux counts that nowhere that nstat looks.
            // Nor a RST outside the window, or an ACK of what was never sent (linux tcp_validate_incoming, tcp_ack).
            if ["host.link.not_for_us", "tcp.seq.rst_outside", "tcp.ack.unsent"].contains(&rule) {
                continue;
            }
            if grew.is_empty() {
                silent.push(format!("{id}, step {step}: {rule}"));
            }
            let names = grew.iter().map(|c| &*c.name).collect::<Vec<_>>().join(" ");
            seen.insert(rule.into(), names);
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
    assert!(seen.len() > 5, "{seen:#?}");
}
