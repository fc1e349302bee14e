//! The same loss, met by UDP and by TCP.

use lab::Session;

#[test]
fn what_udp_loses_is_gone_and_what_tcp_loses_is_waited_for() {
    let mut s = Session::new("udp-beside-tcp", None).expect("shipped");
    s.run(100_000, 20e9);
    let printed = |n: usize| s.view().nodes[1].processes[n].output.clone();
    let all: String = (1..=20).map(|n| format!("{n} ")).collect();
    assert_eq!(printed(1), format!("{all}and no more\n"), "TCP: every number, in order");
    let udp = printed(0);
    let came: Vec<u32> = udp.split(' ').filter_map(|w| w.parse().ok()).collect();
    assert!((10..20).contains(&came.len()), "UDP: some are gone: {udp}");
    assert!(came.is_sorted(), "{udp}");

    // A number is written each 20 ms. On TCP, what stands behind a lost one waits for it; on UDP nothing waits.
    let longest = |pid: u32, call: &str| {
        let log = s.log(Some(1), 10_000);
        let returned =
            log.iter().filter(|l| l.pid == pid && l.text.contains(call) && !l.text.contains("unfinished"));
        let times: Vec<f64> = returned.filter(|l| !l.failed).map(|l| l.time / 1e6).collect();
        times.windows(2).map(|t| t[1] - t[0]).fold(0.0, f64::max)
    };
    let (udp, tcp) = (longest(1, "recv"), longest(2, "read"));
    assert!(tcp > 200.0 && udp < tcp, "longest silence: UDP {udp} ms, TCP {tcp} ms");
}
