//! What holds of the annotated tree of any bytes; for tests and for fuzzing.

use wire::dissect::{Context, Node, dissect, leaves};
use wire::edit::{edit, mend_checksums, mend_lengths};

/// The nodes as text: a line a node.
fn draw(nodes: &[Node], depth: usize, out: &mut String) {
    for n in nodes {
        let meaning = n.meaning.as_ref().map_or(String::new(), |m| format!("  ({m})"));
        let problem = n.problem.map_or(String::new(), |p| format!("  !! {}", p.id()));
        *out += &format!("{:depth$}{} {}+{} {}{meaning}{problem}\n", "", n.path, n.bit, n.bits, n.value);
        draw(&n.children, depth + 1, out);
    }
}

/// The tree as text.
pub fn drawn(frame: &[u8]) -> String {
    let mut out = String::new();
    draw(&dissect(frame, &Context::default()), 0, &mut out);
    out
}

/// Leaves tile the bytes; paths are unique; children lie within their parent; writing every value back
/// changes nothing.
pub fn holds_together(frame: &[u8]) {
    let tree = dissect(frame, &Context { window_shift: Some(7) });
    let mut done = 0;
    for leaf in leaves(&tree) {
        assert_eq!(leaf.bit, done, "{} in\n{}", leaf.path, drawn(frame));
        done += leaf.bits;
        assert!(leaf.editable, "{}", leaf.path);
    }
    assert_eq!(done as usize, frame.len() * 8, "{}", drawn(frame));
    // A stack's view of the same bytes must not panic either, nor a line of them, nor mending them.
    _ = wire::frame::parse(&frame.to_vec().into());
    _ = (wire::summary::line(frame), wire::summary::brief(frame), wire::summary::ends(frame));
    let mut mended = frame.to_vec();
    mend_lengths(&mut mended);
    mend_checksums(&mut mended);
    assert_eq!(mended.len(), frame.len());
    let mut paths = std::collections::BTreeSet::new();
    nested(&tree, &mut |node: &Node| {
        assert!(paths.insert(node.path.clone()), "{} twice in\n{}", node.path, drawn(frame));
        if node.editable {
            let same = edit(frame, &node.path, &node.value, false).unwrap();
            assert_eq!(same, frame, "{}", node.path);
        }
        for child in &node.children {
            assert!(
                node.bit <= child.bit && child.bit + child.bits <= node.bit + node.bits,
                "{}",
                child.path
            );
        }
    });
}

/// Shows every node to `look`.
pub fn nested(nodes: &[Node], look: &mut impl FnMut(&Node)) {
    for node in nodes {
        look(node);
        nested(&node.children, look);
    }
}
