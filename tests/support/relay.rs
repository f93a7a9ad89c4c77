//! The bad network between two UDP sockets: whoever sends to the relay's address reaches the
//! target through [`Network`]s, and hears the answers through others.
//!
//! Each client address gets a flow of its own, as behind a NAT: a socket towards the target and a
//! network each way.

use crate::network::{Conditions, Network};
use bytes::Bytes;
use crossbeam::channel::{Receiver, Sender, unbounded};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::Instant;

/// Clients served; datagrams from further ones are dropped.
const FLOWS_MAX: usize = 256;

/// Larger than any datagram.
const DATAGRAM_MAX: usize = 65_536;

/// Asked of the kernel, so that bursts are lost where the conditions say and nowhere else.
const SOCKET_BUFFER: usize = 4 << 20;

const WAKE: Token = Token(0);
const FRONT: Token = Token(1);
const FIRST_FLOW: usize = 2;

enum Command {
    Stop,
    /// Up and down.
    SetConditions(Box<[Conditions; 2]>),
    /// The same for these flows alone.
    SetConditionsOf(Range<usize>, Box<[Conditions; 2]>),
    /// How many flows there are.
    Count(Sender<usize>),
}

/// A running relay; dropping it stops its thread.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    // Joined before the waker closes: a closed waker wakes nobody.
    _thread: engine::thread::Joined,
    commands: Sender<Command>,
    waker: Waker,
}

impl Relay {
    /// Starts a relay on 127.0.0.1 towards `target`: `up` holds from clients to the target, `down`
    /// back. Errors are those of sockets and threads.
    pub fn start(
        target: SocketAddr,
        up: Conditions,
        down: Conditions,
        seed: u64,
    ) -> io::Result<Relay> {
        let mut front = socket()?;
        let address = front.local_addr()?;
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        poll.registry().register(&mut front, FRONT, Interest::READABLE)?;
        let (commands, receiver) = unbounded();
        let worker = Worker {
            poll,
            front,
            target,
            up,
            down,
            seed,
            flows: Vec::new(),
            by_client: HashMap::new(),
            commands: receiver,
            buffer: vec![0; DATAGRAM_MAX],
        };
        let thread =
            engine::thread::spawn("relay", move || worker.run()).map_err(io::Error::other)?;
        Ok(Relay { address, _thread: thread, commands, waker })
    }

    /// Where clients send to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens to packets from now on, in all flows and in those to come.
    pub fn set_conditions(&self, up: Conditions, down: Conditions) {
        self.tell(Command::SetConditions(Box::new([up, down])));
    }

    /// How many flows there are so far, in the order of their clients' first datagrams.
    pub fn flows(&self) -> usize {
        let (reply, count) = unbounded();
        self.tell(Command::Count(reply));
        // A relay whose thread has ended has no flows.
        count.recv().unwrap_or_default()
    }

    /// Changes what happens to packets of these flows from now on.
    pub fn set_conditions_of(&self, flows: Range<usize>, up: Conditions, down: Conditions) {
        self.tell(Command::SetConditionsOf(flows, Box::new([up, down])));
    }

    fn tell(&self, command: Command) {
        // A relay whose thread has ended has nothing left to tell.
        let _ = self.commands.send(command);
        let _ = self.waker.wake();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.tell(Command::Stop);
    }
}

struct Flow {
    client: SocketAddr,
    socket: UdpSocket,
    up: Network<Bytes>,
    down: Network<Bytes>,
}

struct Worker {
    poll: Poll,
    front: UdpSocket,
    target: SocketAddr,
    up: Conditions,
    down: Conditions,
    seed: u64,
    flows: Vec<Flow>,
    by_client: HashMap<SocketAddr, usize>,
    commands: Receiver<Command>,
    buffer: Vec<u8>,
}

impl Worker {
    fn run(mut self) {
        let mut events = Events::with_capacity(64);
        loop {
            let deadline = self.deliver(now());
            let timeout = deadline.map(|at| at.saturating_duration_since(now()));
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
                _ => {}
            }
            for command in self.commands.try_iter() {
                match command {
                    Command::Stop => return,
                    Command::Count(reply) => {
                        let _ = reply.send(self.flows.len());
                    }
                    Command::SetConditionsOf(flows, conditions) => {
                        let [up, down] = *conditions;
                        for flow in self.flows.iter_mut().take(flows.end).skip(flows.start) {
                            flow.up.set_conditions(up.clone());
                            flow.down.set_conditions(down.clone());
                        }
                    }
                    Command::SetConditions(conditions) => {
                        let [up, down] = *conditions;
                        for flow in &mut self.flows {
                            flow.up.set_conditions(up.clone());
                            flow.down.set_conditions(down.clone());
                        }
                        (self.up, self.down) = (up, down);
                    }
                }
            }
            for event in &events {
                match event.token() {
                    WAKE => {}
                    FRONT => self.receive_from_clients(now()),
                    Token(token) => self.receive_from_target(token - FIRST_FLOW, now()),
                }
            }
        }
    }

    /// Sends on everything whose time has come; gives the next time.
    fn deliver(&mut self, now: Instant) -> Option<Instant> {
        for flow in &mut self.flows {
            // A refused or full socket loses the datagram, as networks do.
            while let Some(datagram) = flow.up.pop(now) {
                let _ = flow.socket.send(&datagram);
            }
            while let Some(datagram) = flow.down.pop(now) {
                let _ = self.front.send_to(&datagram, flow.client);
            }
        }
        let deadlines = |flow: &Flow| [flow.up.next_deadline(), flow.down.next_deadline()];
        self.flows.iter().flat_map(deadlines).flatten().min()
    }

    fn receive_from_clients(&mut self, now: Instant) {
        while let Some((length, client)) = received(|| self.front.recv_from(&mut self.buffer)) {
            let Some(index) = self.flow(client) else { continue };
            let datagram = Bytes::copy_from_slice(&self.buffer[..length]);
            self.flows[index].up.push(now, length, datagram);
        }
    }

    fn receive_from_target(&mut self, index: usize, now: Instant) {
        let Some(flow) = self.flows.get_mut(index) else { return };
        while let Some(length) = received(|| flow.socket.recv(&mut self.buffer)) {
            flow.down.push(now, length, Bytes::copy_from_slice(&self.buffer[..length]));
        }
    }

    /// The client's flow, made at its first datagram.
    fn flow(&mut self, client: SocketAddr) -> Option<usize> {
        if let Some(&index) = self.by_client.get(&client) {
            return Some(index);
        }
        let index = self.flows.len();
        if index == FLOWS_MAX {
            return None;
        }
        let mut socket = socket().ok()?;
        socket.connect(self.target).ok()?;
        let token = Token(FIRST_FLOW + index);
        self.poll.registry().register(&mut socket, token, Interest::READABLE).ok()?;
        let seed = self.seed.wrapping_add(2 * index as u64);
        self.flows.push(Flow {
            client,
            socket,
            up: Network::new(seed, self.up.clone()),
            down: Network::new(seed.wrapping_add(1), self.down.clone()),
        });
        self.by_client.insert(client, index);
        Some(index)
    }
}

/// What a socket gave; `None` when it has nothing left. ICMP errors of datagrams sent before come
/// up here too and mean nothing.
fn received<T>(mut receive: impl FnMut() -> io::Result<T>) -> Option<T> {
    loop {
        match receive() {
            Ok(value) => return Some(value),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(_) => return None,
        }
    }
}

fn socket() -> io::Result<UdpSocket> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    // The kernel grants what it allows.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

#[expect(clippy::disallowed_methods, reason = "the relay is a driver: it owns a clock")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket as StdSocket;
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn std_socket() -> StdSocket {
        let socket = StdSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// Sends one datagram to the relay, answers it at the target; gives the flow's address and how
    /// long both ways took.
    fn round_trip(client: &StdSocket, target: &StdSocket, relay: &Relay) -> (SocketAddr, Duration) {
        let mut buffer = [0; 64];
        let begun = now();
        client.send_to(b"ping", relay.address()).unwrap();
        let (length, flow) = target.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], b"ping");
        target.send_to(b"pong", flow).unwrap();
        let (length, from) = client.recv_from(&mut buffer).unwrap();
        assert_eq!((&buffer[..length], from), (&b"pong"[..], relay.address()));
        (flow, now() - begun)
    }

    #[test]
    fn each_client_has_a_flow_of_its_own_with_the_delay_asked_for_until_conditions_change() {
        let target = std_socket();
        let slow = |ms| Conditions { delay: Duration::from_millis(ms), ..Conditions::default() };
        let relay = Relay::start(target.local_addr().unwrap(), slow(40), slow(60), 1).unwrap();
        let (first, second) = (std_socket(), std_socket());
        let (first_flow, took) = round_trip(&first, &target, &relay);
        assert!(took >= Duration::from_millis(100), "{took:?}");
        let (second_flow, _) = round_trip(&second, &target, &relay);
        assert_ne!(first_flow, second_flow);
        assert_eq!(round_trip(&first, &target, &relay).0, first_flow);

        relay.set_conditions(Conditions { loss: 1.0, ..Conditions::default() }, slow(0));
        first.send_to(b"lost", relay.address()).unwrap();
        target.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        assert!(target.recv_from(&mut [0; 64]).is_err(), "nothing gets through");
        target.set_read_timeout(Some(PATIENCE)).unwrap();
        relay.set_conditions(slow(0), slow(0));
        round_trip(&first, &target, &relay);
    }

    #[test]
    fn dropping_the_relay_ends_its_thread_and_frees_its_port() {
        let target = std_socket();
        let good = Conditions::default();
        let relay = Relay::start(target.local_addr().unwrap(), good.clone(), good, 1).unwrap();
        let address = relay.address();
        drop(relay);
        StdSocket::bind(address).expect("the port is free again");
    }
}
