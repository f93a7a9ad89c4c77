//! Finds sound devices and stream settings through cpal, the same way for both directions.

use super::{cookie, pulse};
use crate::{Error, Result};
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, Device, Host, SampleFormat, StreamConfig, SupportedBufferSize};
use std::time::Duration;

/// cpal's names of the kernel's sound interface, and of sound servers.
const ALSA: &str = "ALSA";
const PULSE: &str = "PulseAudio";

/// 10 ms at 48 kHz: the callback that devices are asked for. With the system's default PulseAudio
/// would buffer seconds.
pub(crate) const PERIOD: u32 = 480;

/// How long a sound server may take to make a stream.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Input,
    Output,
}

impl Direction {
    fn of(self, host: &Host) -> Option<Device> {
        match self {
            Direction::Input => host.default_input_device(),
            Direction::Output => host.default_output_device(),
        }
    }

    fn serves(self, device: &Device) -> bool {
        match self {
            Direction::Input => device.supports_input(),
            Direction::Output => device.supports_output(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Direction::Input => "microphone",
            Direction::Output => "loudspeaker",
        }
    }
}

/// What the user calls a device in an error.
pub(crate) fn title(direction: Direction, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("the {} “{name}”", direction.word()),
        None => format!("the default {}", direction.word()),
    }
}

pub(crate) fn failure(direction: Direction, name: Option<&str>, reason: impl ToString) -> Error {
    Error::Device { device: title(direction, name), reason: reason.to_string() }
}

fn name_of(device: &Device) -> Option<String> {
    device.description().ok().map(|description| description.name().to_owned())
}

/// The sound server, else the kernel's interface, as long as there is a card behind it: without one
/// ALSA still offers plug-ins that record and play nothing.
fn host() -> Option<Host> {
    cookie::prepare();
    let cards = || std::fs::read_to_string("/proc/asound/cards").unwrap_or_default();
    cpal::available_hosts()
        .into_iter()
        .filter(|id| id.name() != ALSA || has_card(&cards()))
        .find_map(|id| cpal::host_from_id(id).ok())
}

/// Whether the kernel's list (`/proc/asound/cards`) names a card: ` 0 [PCH  ]: HDA-Intel - …`.
fn has_card(cards: &str) -> bool {
    let number =
        |line: &str| line.split_whitespace().next().is_some_and(|n| n.parse::<u32>().is_ok());
    cards.lines().any(|line| number(line) && line.contains('['))
}

/// Whether an ALSA name stands for something to speak into or to listen to: what the user set as the
/// default, and each device of a card with conversions (`plughw`; `hw` is the same one without).
/// Everything else is a plug-in, or the same device by another way.
fn is_alsa_device(pcm: &str) -> bool {
    pcm == "default" || pcm.starts_with("plughw:")
}

/// The devices of a direction that users know.
fn devices(host: &Host, direction: Direction) -> impl Iterator<Item = Device> {
    let alsa = host.id().name() == ALSA;
    let real = move |device: &Device| !alsa || device.id().is_ok_and(|id| is_alsa_device(id.id()));
    let all = host.devices().into_iter().flatten();
    all.filter(move |device| direction.serves(device) && real(device))
}

/// The names of all devices of a direction, as users know them.
pub(crate) fn names(direction: Direction) -> Vec<String> {
    let Some(host) = host() else { return vec![] };
    let mut names: Vec<String> =
        devices(&host, direction).filter_map(|device| name_of(&device)).collect();
    names.sort();
    names.dedup();
    names
}

/// A stream, by whoever made it; it ends when this is dropped.
pub(crate) enum Running {
    Served { _stream: pulse::Running },
    Own { _stream: cpal::Stream },
}

/// A device, and who makes its streams.
pub(crate) enum Found {
    /// A sound server, which calls it so; `None`: its default, even when that becomes another.
    Served(Option<String>),
    /// cpal.
    Own(Box<Device>),
}

/// The device called `name` (or with that identifier), or the default.
pub(crate) fn find(direction: Direction, name: Option<&str>) -> Result<Found> {
    let found = host().and_then(|host| {
        let device = match name {
            None => direction.of(&host),
            Some(name) => devices(&host, direction).find(|device| {
                name_of(device).as_deref() == Some(name)
                    || device.id().is_ok_and(|id| id.id() == name)
            }),
        }?;
        if host.id().name() != PULSE {
            return Some(Found::Own(Box::new(device)));
        }
        let id = device.id().ok()?.id().to_owned();
        Some(Found::Served(name.map(|_| id)))
    });
    found.ok_or_else(|| {
        let reason = match name {
            None => "there is none; connect one, or go on without",
            Some(_) => "it is not connected; choose another",
        };
        failure(direction, name, reason)
    })
}

/// Stream settings nearest to 48 kHz float with `channels` and callbacks of `period` frames; another
/// rate only where the device has no 48 kHz.
pub(crate) fn settings(
    direction: Direction,
    device: &Device,
    channels: u16,
    period: u32,
) -> std::result::Result<(StreamConfig, SampleFormat), cpal::Error> {
    let (ranges, default): (Vec<_>, _) = match direction {
        Direction::Input => {
            (device.supported_input_configs()?.collect(), device.default_input_config()?)
        }
        Direction::Output => {
            (device.supported_output_configs()?.collect(), device.default_output_config()?)
        }
    };
    let rank = |format| match format {
        SampleFormat::F32 => Some(0),
        SampleFormat::I16 => Some(1),
        SampleFormat::I32 => Some(2),
        _ => None,
    };
    let best = ranges
        .iter()
        .filter_map(|range| Some((range, rank(range.sample_format())?)))
        .filter_map(|(range, rank)| {
            let config = range.try_with_sample_rate(crate::frame::SAMPLE_RATE)?;
            Some((config, (range.channels().abs_diff(channels), rank)))
        })
        .min_by_key(|&(_, order)| order)
        .map_or(default, |(config, _)| config);
    let period = match *best.buffer_size() {
        SupportedBufferSize::Range { min, max } => period.clamp(min, max.max(min)),
        SupportedBufferSize::Unknown => period,
    };
    let config = StreamConfig { buffer_size: BufferSize::Fixed(period), ..best.config() };
    Ok((config, best.sample_format()))
}

/// Whether a stream goes on in spite of what it reports.
pub(crate) fn is_harmless(error: &cpal::Error) -> bool {
    use cpal::ErrorKind::{DeviceChanged, RealtimeDenied, Xrun};
    matches!(error.kind(), DeviceChanged | RealtimeDenied | Xrun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_card_there_is_no_kernel_sound() {
        assert!(!has_card(""));
        assert!(!has_card("--- no soundcards ---\n"));
        let laptop = " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n\
                      \x20                     HDA Intel PCH at 0xf7530000 irq 31\n";
        assert!(has_card(laptop));
    }

    #[test]
    fn of_alsas_names_only_the_default_and_the_cards_own_devices_are_shown() {
        let offered = [
            "null",
            "lavrate",
            "samplerate",
            "jack",
            "oss",
            "pulse",
            "upmix",
            "default",
            "sysdefault:CARD=PCH",
            "hw:CARD=PCH,DEV=0",
            "plughw:CARD=PCH,DEV=0",
            "surround51:CARD=PCH,DEV=0",
            "dmix:CARD=PCH,DEV=0",
            "plughw:CARD=HDMI,DEV=3",
        ];
        let shown: Vec<&str> = offered.into_iter().filter(|pcm| is_alsa_device(pcm)).collect();
        assert_eq!(shown, ["default", "plughw:CARD=PCH,DEV=0", "plughw:CARD=HDMI,DEV=3"]);
    }
}
