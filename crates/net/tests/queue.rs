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
        ops in prop::collection::vec(
            prop::option::of((prop_oneof![0u64..50, 0u64..100_000, any::<u64>()], 0usize..9, any::<bool>())), 0..400
        )
    ) {
        let mut queue = EventQueue::default();
        let mut model: Vec<(Instant, u64)> = Vec::new();
        let mut clock = 0;
        for op in ops {
            match op {
                // In no order, or in a lane where most come later than those before.
                Some((time, _, false)) => model.push((Instant(time), queue.push(Instant(time), ()))),
                Some((step, lane, true)) => {
                    let time = Instant(clock + step % 20_000);
                    clock += step % 3_000;
                    model.push((time, queue.push_in_lane(lane, time, ())));
                }
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
