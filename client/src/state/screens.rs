//! What of this machine's screens may be shared, and whether one is.

/// What a choice shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenKind {
    /// All of a monitor.
    Monitor,
    /// One program's window.
    Window,
    /// The desktop asks for itself, in its own dialog.
    Desktop,
}

/// Something that can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenChoice {
    /// What the backend knows it by.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What it is.
    pub kind: ScreenKind,
}

impl ScreenChoice {
    /// The name of its small picture among people's pictures.
    pub fn picture(&self) -> String {
        format!("screen:{}", self.id)
    }
}

/// Sharing, as the window knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screens {
    /// The choice is on show.
    pub open: bool,
    /// What there is to share; `None` until the backend looked.
    pub choices: Option<Vec<ScreenChoice>>,
    /// What the user would share.
    pub chosen: Option<String>,
    /// What the user shares; its name.
    pub shared: Option<String>,
}

impl Screens {
    /// Opens the choice; what was found before may be gone.
    pub fn ask(&mut self) {
        *self = Screens { open: true, shared: self.shared.take(), ..Screens::default() };
    }

    /// Takes in what there is.
    pub fn found(&mut self, choices: Vec<ScreenChoice>) {
        self.chosen = choices.first().map(|choice| choice.id.clone());
        self.choices = Some(choices);
    }

    /// Shares the chosen one; gives its id for the command.
    pub fn share(&mut self) -> Option<String> {
        let chosen = self.chosen.take()?;
        let choice = self.choices.as_ref()?.iter().find(|choice| choice.id == chosen)?;
        self.shared = Some(choice.name.clone());
        self.open = false;
        Some(chosen)
    }

    /// The share is over.
    pub fn ended(&mut self) {
        self.shared = None;
    }
}
