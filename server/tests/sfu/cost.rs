//! A measurement: what a forwarded packet costs the thread.

use super::client::{Lines, clock};
use super::world::World;
use super::{CAMERA, camera, viewer};
use std::time::Duration;

/// `RECEIVERS=20 cargo test --workspace --test sfu -- --ignored --nocapture cost`
#[test]
#[ignore = "a measurement"]
fn cost_of_a_forwarded_packet() {
    let receivers = std::env::var("RECEIVERS").map_or(20, |n| n.parse().unwrap());
    let mut world = World::new();
    world.join(1, Lines { padding: 1150, ..camera() });
    world.publish(1, CAMERA);
    for id in 0..receivers {
        world.join(2 + id, Lines { audio_slots: 5, ..viewer(9) });
        world.watch(2 + id, &[(1, 720)]);
    }
    world.until("everybody's picture", |world| {
        world.clients[1..].iter().all(|client| client.video(0).len() > 50)
    });
    world.run(Duration::from_secs(2));
    let total = |world: &World| world.clients.iter().map(|c| c.packets()).sum::<usize>();
    let (packets, cpu, start) = (total(&world), thread_cpu("sfu"), clock());
    world.run(Duration::from_secs(8));
    let packets = total(&world) - packets;
    let cpu = thread_cpu("sfu") - cpu;
    let each = cpu.as_secs_f64() * 1e6 / packets as f64;
    println!(
        "{receivers} receivers: {packets} packets in {:.1} s, {each:.2} µs CPU each",
        start.elapsed().as_secs_f64()
    );
}

/// What a thread of this process, by its name, has spent.
fn thread_cpu(name: &str) -> Duration {
    let mut tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let named = |task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    };
    let task = tasks.find(named).expect("the thread");
    let stat = std::fs::read_to_string(task.path().join("schedstat")).unwrap();
    Duration::from_nanos(stat.split_whitespace().next().unwrap().parse().unwrap())
}
