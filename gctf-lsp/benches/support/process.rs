//! Programs under a bench's eyes: how long they take, and how much memory at the most.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run of a program took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) time: Duration,
    /// The most that was resident at once, in bytes; 0 where the system does not tell.
    pub(crate) memory: u64,
    pub(crate) code: Option<i32>,
}

/// Runs `program` in `folder`, its output thrown away.
pub(crate) fn take(program: &Path, folder: &Path, arguments: &[&str]) -> Taken {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    // The system keeps the high-water mark only as long as the process lives: its last value is looked at.
    let mut memory = 0;
    let code = loop {
        if let Some(code) = child.try_wait().expect("a process") {
            break code.code();
        }
        memory = high_water(&status).unwrap_or(memory).max(memory);
        std::thread::sleep(Duration::from_micros(500));
    };
    Taken {
        time: start.elapsed(),
        memory,
        code,
    }
}

/// The fastest of `rounds` runs, with the most memory that one of them took.
pub(crate) fn best(rounds: usize, program: &Path, folder: &Path, arguments: &[&str]) -> Taken {
    let [best] = best_of(rounds, folder, [(program, arguments)]);
    best
}

/// The same of several programs, which take turns: what else the machine does then slows each of them.
pub(crate) fn best_of<const N: usize>(rounds: usize, folder: &Path, programs: [(&Path, &[&str]); N]) -> [Taken; N] {
    let round = || programs.map(|(program, arguments)| take(program, folder, arguments));
    let mut best = round();
    for _ in 1..rounds {
        for (best, taken) in best.iter_mut().zip(round()) {
            let memory = best.memory.max(taken.memory);
            *best = if taken.time < best.time { taken } else { *best };
            best.memory = memory;
        }
    }
    best
}

fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
