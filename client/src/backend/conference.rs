//! The conference, and the devices before it and in it: opening, joining, what is sent, leaving.

use super::Driver;
use crate::call::{Call, CallEvent, Link};
use crate::state::BackendEvent;
use crate::video_texture::Feed;
use engine::config::{CameraSource, Config};
use engine::engine::{Command as EngineCommand, Engine};
use protocol::{ClientMessage, Credential, HubMessage, MediaSource, Refusal, SlotBinding};
use std::sync::Arc;

impl Driver {
    /// Opens microphone and loudspeaker, and the camera where its picture is wanted.
    pub(super) fn open_devices(&mut self, camera: bool) {
        self.want_camera(camera);
        self.start_engine();
    }

    /// Opens the camera or closes it: its light burns only for a picture that somebody wants.
    pub(super) fn want_camera(&mut self, wanted: bool) {
        let opens = wanted && !self.camera_wanted;
        self.camera_wanted = wanted;
        self.follow_camera();
        if opens && let Some(engine) = &self.engine {
            // Told again, the picture of the last time goes.
            self.tell(BackendEvent::Video(Feed::SelfView, engine.self_view()));
        }
    }

    /// The chosen camera, or another from now on.
    pub(super) fn follow_camera(&self) {
        self.engine(EngineCommand::SetCamera(self.camera()));
    }

    fn camera(&self) -> CameraSource {
        if self.camera_wanted { self.chosen.camera.clone() } else { CameraSource::None }
    }

    fn start_engine(&mut self) {
        if self.engine.is_some() {
            return;
        }
        let config = Config {
            name: "me".to_owned(),
            camera: self.camera(),
            microphone: self.chosen.microphone.clone(),
            speaker: self.chosen.speaker.clone(),
            // From the first picture on.
            background: self.background(),
            gpu: self.gpu.clone(),
            ..Config::default()
        };
        let (bell, wake) = (self.bell.clone(), self.wake.clone());
        let ring: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            // One unheard ring is enough.
            let _ = bell.try_send(());
            wake();
        });
        match Engine::start(config, ring) {
            Ok(engine) => {
                self.tell(BackendEvent::Video(Feed::SelfView, engine.self_view()));
                self.tell(BackendEvent::Video(Feed::OwnScreen, engine.screen_view()));
                self.engine = Some(Arc::new(engine));
                self.read_picture();
            }
            Err(error) => {
                tracing::warn!(%error, "no engine");
                self.tell(BackendEvent::EngineFailed(error));
            }
        }
    }

    pub(super) fn join(&mut self, number: String, name: Option<String>, publishing: (bool, bool)) {
        if self.call.is_some() {
            // Whatever is left of an earlier one keeps nobody out of this one.
            self.leave();
        }
        self.open_devices(publishing.1);
        let Some(session) = &self.session else {
            return self.tell(BackendEvent::Call(CallEvent::Refused(Refusal::Session)));
        };
        let Some(engine) = &self.engine else { return };
        let bell = self.bell.clone();
        let ring: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
            let _ = bell.try_send(());
        });
        self.call = Some(Call::join(
            self.runtime.handle(),
            session.client.door(),
            Credential::Session { token: session.token.clone(), number, name },
            engine.clone(),
            ring,
        ));
        engine.send(EngineCommand::MicrophoneOn(publishing.0));
        engine.send(EngineCommand::CameraOn(publishing.1));
        self.publishing = publishing;
        self.say_media();
    }

    pub(super) fn set_microphone(&mut self, on: bool) {
        self.engine(EngineCommand::MicrophoneOn(on));
        self.publishing.0 = on;
        self.say_media();
    }

    pub(super) fn set_camera(&mut self, on: bool) {
        self.engine(EngineCommand::CameraOn(on));
        self.want_camera(on);
        self.publishing.1 = on;
        self.say_media();
    }

    /// Sends nothing any more, the shared screen included; whoever may send again begins anew.
    pub(super) fn stop_sending(&mut self) {
        self.engine(EngineCommand::MicrophoneOn(false));
        self.engine(EngineCommand::CameraOn(false));
        self.engine(EngineCommand::ShareScreen(None));
        self.want_camera(false);
        self.publishing = (false, false);
        self.sharing = false;
        self.say_media();
        self.tell(BackendEvent::SharingEnded);
    }

    pub(super) fn say_media(&self) {
        let (microphone, camera) = self.publishing;
        self.say(ClientMessage::Media { microphone, camera, screen: self.sharing });
    }

    /// Leaves whatever is open: conference, preview, devices.
    pub(super) fn leave(&mut self) {
        if let Some(call) = self.call.take() {
            self.farewell = Some(self.runtime.spawn(call.leave()));
        }
        self.sharing = false;
        self.tell(BackendEvent::SharingEnded);
        self.engine = None;
        self.pictures.clear();
        self.publishing = (false, false);
    }

    /// Passes on what call, engine and sounds told since the last look.
    pub(super) fn drain(&mut self) {
        self.hear_chimes();
        if self.call.is_none() {
            while let Some(event) =
                self.engine.as_ref().and_then(|engine| engine.events().try_recv().ok())
            {
                self.tell(BackendEvent::Call(CallEvent::Engine(event)));
            }
        }
        while let Some(event) = self.call.as_ref().and_then(Call::poll) {
            if let CallEvent::Hub(HubMessage::Slots { slots }) = &event {
                self.tell_pictures(slots);
            }
            if let CallEvent::Engine(event) = &event {
                self.hear_share(event);
            }
            let closed = matches!(event, CallEvent::Link(Link::Closed));
            self.tell(BackendEvent::Call(event));
            if closed {
                self.leave();
            }
        }
    }

    fn tell_pictures(&mut self, slots: &[SlotBinding]) {
        for slot in slots.iter().filter(|slot| slot.source != MediaSource::Microphone) {
            let reader = self.engine.as_ref().and_then(|engine| engine.slot(&slot.mid));
            let Some(reader) = reader else { continue };
            let told = self.pictures.insert(slot.mid.clone(), reader.clone());
            // Told again, the window would blank a picture that goes on.
            if !told.is_some_and(|told| told.is_same(&reader)) {
                self.tell(BackendEvent::Video(Feed::Slot(slot.mid.clone()), reader));
            }
        }
    }
}
