//! `%{ }%`: Python as far as scripts use it.

use drill::code::{Env, Failure, Value, parse};
use drill::span::Pos;

fn run(text: &str) -> Result<Env, Failure> {
    let program = parse(text, Pos { line: 1, column: 1 }).unwrap_or_else(|e| panic!("{text}: {e}"));
    let mut env = Env::default();
    env.sample([("tcpi_snd_cwnd", Value::Int(10)), ("TCP_CA_Open", Value::Int(0))].into());
    env.run(&program).map(|()| env)
}

#[test]
fn what_holds() {
    for text in [
        "assert tcpi_snd_cwnd == 10, tcpi_snd_cwnd",
        "assert 9 <= tcpi_snd_cwnd <= 11; assert not tcpi_snd_cwnd < 10",
        "x = 3\nx += 4 # seven\nassert x == 7 and x != 8 or False",
        "assert 7 // 2 == 3 and -7 // 2 == -4 and 7 / 2 == 3.5 and -7 % 3 == 2 and 2 ** 10 == 1024",
        "assert 0xff & 0x0f == 15 and 1 << 4 | 1 == 17 and ~0 == -1 and 6 ^ 3 == 5",
        "assert tcpi_snd_cwnd in (9, 10, 11), 'cwnd=%d' % tcpi_snd_cwnd",
        "assert (1 == 1 and\n 2 == 2), \\\n 'lines'",
        "assert abs(-3) == 3 and min(4, 2) == 2 and max([1, 5]) == 5 and int(2.9) == 2",
        "print('cwnd %d' % tcpi_snd_cwnd)\nassert (1 if tcpi_snd_cwnd else 0) == 1",
        "pass",
        "assert not (TCP_CA_Open)",
    ] {
        if let Err(e) = run(text) {
            panic!("{text}: {e:?}");
        }
    }
    assert_eq!(run("print('cwnd %d' % tcpi_snd_cwnd)").unwrap().printed, ["cwnd 10"]);
}

#[test]
fn what_does_not() {
    let failed = |text| match run(text) {
        Err(Failure::Failed(line, statement, why)) => (line, statement, why),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(
        failed("\nassert tcpi_snd_cwnd == 11, 'cwnd=%d' % tcpi_snd_cwnd"),
        (
            2,
            "assert tcpi_snd_cwnd == 11, 'cwnd=%d' % tcpi_snd_cwnd".into(),
            "false: cwnd=10 (tcpi_snd_cwnd is 10)".into()
        )
    );
    assert!(failed("assert nobody").2.contains("NameError"));
    assert!(failed("1 // 0").2.contains("ZeroDivisionError"));
    assert!(failed("x = 'a' < 1").2.contains("TypeError"));
    assert!(failed("2 ** 500").2.contains("OverflowError"));
}

#[test]
fn what_is_unknown_is_unsupported() {
    for text in ["assert tcpi_unheard_of == 1", "import os", "if 1:\n  pass", "assert sorted((1, 2))"] {
        assert!(matches!(run(text), Err(Failure::Unsupported(_))), "{text}");
    }
}
