//! The queue against a table that is sorted by hand.
use net::queue::EventQueue;
use proptest::prelude::*;
use tcp::time::Instant;

#[test]
fn earlier_first_and_of_one_time_the_one_put_in_first() {
    let mut queue = EventQueue::default();
    for (time, name) in [(30, 'd'), (10, 'a'), (20, 'b'), (20, 'c'), (u64::MAX, 'e')] {
        queue.push(Instant(time), name);
    }
    let order: String = std::iter::from_fn(|| queue.pop()).map(|(_, _, name)| name).collect();
    assert_eq!(order, "abcde");
}

proptest! {
    #[test]
    fn any_mix_of_push_and_pop_comes_out_sorted(
        ops in prop::collection::vec(prop::option::of(prop_oneof![0u64..50, 0u64..100_000, any::<u64>()]), 0..400)
    ) {
        let mut queue = EventQueue::default();
        let mut model: Vec<(Instant, u64)> = Vec::new();
        for op in ops {
            match op {
                Some(time) => model.push((Instant(time), queue.push(Instant(time), ()))),
                None => {
                    model.sort();
                    let expected = if model.is_empty() { None } else { Some(model.remove(0)) };
                    prop_assert_eq!(queue.pop().map(|(t, s, ())| (t, s)), expected);
                }
            }
            prop_assert_eq!(queue.len(), model.len());
            prop_assert_eq!(queue.peek().map(|(t, s, ())| (t, s)), model.iter().min().copied());
            // Being made ready changes nothing that can be seen; a copy goes on like the original.
            let mut ready = queue.clone();
            ready.advance();
            prop_assert_eq!(ready.peek(), queue.peek());
            if model.len().is_multiple_of(3) {
                queue = ready;
            }
        }
    }
}
