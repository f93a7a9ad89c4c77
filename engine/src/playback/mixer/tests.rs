use super::*;

fn block(value: f32) -> [f32; SAMPLES_10_MS] {
    [value; SAMPLES_10_MS]
}

#[test]
fn slots_are_added_up_with_their_gains() {
    let (mut mixer, mut controls) = Mixer::new();
    let mut a = controls.add_slot().unwrap();
    let mut b = controls.add_slot().unwrap();
    b.set_gain(0.5);
    let mut out = [0.0; SAMPLES_10_MS];
    for _ in 0..2 {
        assert!(a.push(&block(0.1)) && b.push(&block(0.4)));
        mixer.render(&mut out);
    }
    assert!(out.iter().all(|s| (s - 0.3).abs() < 1e-5), "{}", out[0]);
    let mut played = [0.0; 2 * SAMPLES_10_MS];
    assert!(controls.played.pop_entire_slice(&mut played).is_ok());
    assert_eq!(&played[SAMPLES_10_MS..], &out);
}

/// Plays a constant with callbacks of `callback` samples and sets another volume at once.
fn ramp(callback: usize, gain: f32) -> Vec<f32> {
    let (mut mixer, mut controls) = Mixer::new();
    let mut slot = controls.add_slot().unwrap();
    for _ in 0..8 {
        slot.push(&block(0.25));
    }
    mixer.render(&mut [0.0; 96]);
    slot.set_gain(gain);
    let mut heard = Vec::new();
    while heard.len() < 2 * SAMPLES_10_MS {
        let mut out = vec![0.0; callback];
        mixer.render(&mut out);
        heard.extend(out);
    }
    heard
}

#[test]
fn a_volume_is_approached_within_ten_milliseconds_whatever_the_callback() {
    for callback in [48, 96, 480, 960] {
        for gain in [0.0, 0.6, 2.0] {
            let heard = ramp(callback, gain);
            let step = 0.25 * (gain - 1.0).abs() / SAMPLES_10_MS as f32;
            let largest = heard.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
            assert!(largest <= step * 1.01 + 1e-6, "{callback} {gain}: {largest}, a click");
            assert!((heard[0] - 0.25).abs() < 2.0 * step + 1e-6);
            let aim = 0.25 * gain;
            assert!(heard[480..].iter().all(|s| (s - aim).abs() < 1e-6), "{callback} {gain}");
        }
    }
}

#[test]
fn a_boosted_voice_stays_in_range_and_turns_nobody_down() {
    let (mut mixer, mut controls) = Mixer::new();
    let (mut loud, mut soft) = (controls.add_slot().unwrap(), controls.add_slot().unwrap());
    loud.set_gain(2.0);
    let sine = |at: usize| (at as f32 * 0.1).sin();
    let mut at = 0;
    for _ in 0..200 {
        loud.push(&std::array::from_fn(|i| 0.55 * sine(at + i)));
        soft.push(&block(0.05));
        let mut out = [0.0; SAMPLES_10_MS];
        mixer.render(&mut out);
        at += SAMPLES_10_MS;
        assert!(out.iter().all(|s| s.abs() <= 1.0));
    }
    // Twice 0.55 is more than full scale; bent it is 0.8 to 1, and the mix loses little.
    assert!(bend(1.1) < 1.0 && bend(1.1) > 0.9);
    let mut out = [0.0; SAMPLES_10_MS];
    loud.push(&block(0.0));
    soft.push(&block(0.05));
    mixer.render(&mut out);
    assert!(out[479] > 0.04, "{}", out[479]);
}

#[test]
fn a_starved_slot_fades_out_and_is_counted() {
    let (mut mixer, mut controls) = Mixer::new();
    let mut slot = controls.add_slot().unwrap();
    let mut out = [0.0; SAMPLES_10_MS];
    mixer.render(&mut out);
    assert_eq!(slot.starved(), 0, "not before its first block");
    slot.push(&block(0.5));
    mixer.render(&mut out);
    mixer.render(&mut out);
    assert_eq!(slot.starved(), 480);
    assert!(out[0] > 0.49 && out[479] < 0.005);
    assert!(out.windows(2).all(|w| w[1] <= w[0]));
}

#[test]
fn a_dropped_writer_ends_its_slot_and_frees_the_place() {
    let (mut mixer, mut controls) = Mixer::new();
    let mut out = [0.0; SAMPLES_10_MS];
    let mut slots: Vec<_> = (0..MAX_SLOTS).map(|_| controls.add_slot().unwrap()).collect();
    mixer.render(&mut out);
    assert!(controls.add_slot().is_err(), "all places are taken");
    let mut last = slots.pop().unwrap();
    last.push(&block(0.25));
    drop(last);
    mixer.render(&mut out);
    assert_eq!(out[479], 0.25, "what was pushed is still played");
    controls.free_retired();
    assert!(controls.add_slot().is_ok());
}

#[test]
fn the_feeder_is_asked_for_a_callback_and_a_cushion() {
    let (mixer, mut controls) = Mixer::new();
    let seat = Arc::new(Seat::new(Some(mixer)));
    let mut callback = controls.callback(&seat, 2, SAMPLE_RATE);
    let mut slot = controls.add_slot().unwrap();
    assert_eq!(slot.wanted(), 2);
    while slot.wanted() > 0 {
        assert!(slot.push(&block(0.1)));
    }
    let mut out = [0f32; 2 * 480];
    callback.fill(&mut out, Duration::from_millis(7));
    assert_eq!(slot.wanted(), 1);
    assert_eq!(slot.latency(), Duration::from_millis(17));
    let mut out = [0f32; 2 * 960];
    callback.fill(&mut out, Duration::ZERO);
    assert_eq!(slot.wanted(), 3, "larger callbacks want more");
    while slot.free() > 0 {
        slot.push(&block(0.1));
    }
    assert_eq!((slot.wanted(), slot.push(&block(0.1))), (0, false));
}

#[test]
fn the_mix_goes_to_the_front_channels_at_the_devices_rate() {
    let (mixer, mut controls) = Mixer::new();
    let seat = Arc::new(Seat::new(Some(mixer)));
    let mut slot = controls.add_slot().unwrap();
    for _ in 0..10 {
        slot.push(&block(0.5));
    }
    let mut callback = controls.callback(&seat, 3, 44_100);
    let mut out = [0i16; 3 * 441];
    callback.fill(&mut out, Duration::ZERO);
    assert!((out[3 * 200] - 16_384).abs() < 3, "{}", out[3 * 200]);
    assert_eq!(out[3 * 200 + 1], out[3 * 200]);
    assert_eq!(out[3 * 200 + 2], 0);
    assert_eq!(slot.free(), 1, "10 ms at the device are 10 ms of the ring");
}

#[test]
fn a_callback_without_the_mixer_plays_silence() {
    let (mixer, controls) = Mixer::new();
    let seat = Arc::new(Seat::new(None));
    let mut callback = controls.callback(&seat, 1, SAMPLE_RATE);
    let mut out = [1f32; 480];
    callback.fill(&mut out, Duration::ZERO);
    assert_eq!(out, [0.0; 480]);
    seat.store(Some(mixer));
    callback.fill(&mut out, Duration::ZERO);
    assert!(seat.take().is_some(), "it puts the mixer back");
}
