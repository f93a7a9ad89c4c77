//! What every page must keep: each control has a name, no text is cut off or printed over another,
//! no two controls lie over each other.

#![allow(dead_code, reason = "each test file uses its part")]

use egui::accesskit::{Action, NodeId};
use egui::epaint::{ClippedShape, Shape};
use egui::{LayerId, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;
use std::collections::HashMap;

/// What is wrong with the page on show, one line each. No menu or dialog may be open: what is
/// behind it would count as covered.
pub fn findings<State>(page: &Harness<'_, State>) -> Vec<String> {
    let mut findings = nameless(page);
    findings.extend(overlapping(page));
    findings.extend(misprints(page));
    findings
}

/// Fails with every finding.
pub fn clean<State>(what: &str, page: &Harness<'_, State>) {
    let findings = findings(page);
    assert!(findings.is_empty(), "{what}:\n  {}", findings.join("\n  "));
}

/// Controls that the keyboard reaches and that have no name.
pub fn nameless<State>(page: &Harness<'_, State>) -> Vec<String> {
    page.root()
        .children_recursive()
        .filter(|node| node.accesskit_node().data().supports_action(Action::Focus))
        .filter(|node| {
            let node = node.accesskit_node();
            node.label().is_none_or(|name| name.trim().is_empty())
        })
        .map(|node| {
            let (role, rect) = (node.accesskit_node().role(), node.rect());
            format!("a control without a name: {role:?} at {rect:?}")
        })
        .collect()
}

/// A control's place, as far as it can be pressed.
struct Control {
    layer: LayerId,
    rect: Rect,
    name: String,
}

fn controls<State>(page: &Harness<'_, State>) -> Vec<Control> {
    let names: HashMap<NodeId, String> = page
        .root()
        .children_recursive()
        .map(|node| {
            let node = node.accesskit_node();
            (node.locate().0, node.label().unwrap_or_default())
        })
        .collect();
    page.ctx.viewport(|viewport| {
        let pressable = |widget: &&egui::WidgetRect| {
            widget.enabled && widget.visible && widget.sense.is_focusable()
        };
        viewport
            .prev_pass
            .widgets
            .layers()
            .flat_map(|(layer, widgets)| widgets.iter().map(move |widget| (layer, widget)))
            .filter(|(_, widget)| pressable(widget))
            .map(|(layer, widget)| Control {
                layer: *layer,
                rect: widget.interact_rect,
                name: names.get(&widget.id.accesskit_id()).cloned().unwrap_or_default(),
            })
            .filter(|control| control.rect.is_positive())
            .collect()
    })
}

/// Controls of one layer that lie partly over each other. One inside another, such as a button in
/// a row, is meant to be there.
pub fn overlapping<State>(page: &Harness<'_, State>) -> Vec<String> {
    let controls = controls(page);
    let mut findings = Vec::new();
    for (index, a) in controls.iter().enumerate() {
        for b in controls[index + 1..].iter().filter(|b| b.layer == a.layer) {
            let inside = a.rect.expand(1.0).contains_rect(b.rect)
                || b.rect.expand(1.0).contains_rect(a.rect);
            let common = a.rect.intersect(b.rect);
            if !inside && common.width() > 1.0 && common.height() > 1.0 {
                findings.push(format!("{:?} and {:?} overlap at {common:?}", a.name, b.name));
            }
        }
    }
    findings
}

/// A line of a text on the page: where its ink is, where it may be seen, what the text says.
struct Text {
    ink: Rect,
    clip: Rect,
    words: String,
}

/// Texts that run out of what shows them, and texts printed over each other.
pub fn misprints<State>(page: &Harness<'_, State>) -> Vec<String> {
    let mut texts = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &page.output().shapes {
        collect(shape, *clip_rect, &mut texts);
    }
    let fields: Vec<Rect> = page
        .root()
        .children_recursive()
        .filter(|node| node.accesskit_node().is_text_input())
        .map(|node| node.rect().expand(1.0))
        .collect();
    // A field scrolls what does not fit.
    texts.retain(|text| !fields.iter().any(|field| field.contains_rect(text.clip)));
    let mut findings = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let cut = (text.clip.left() - text.ink.left()).max(text.ink.right() - text.clip.right());
        if cut > 1.5 {
            findings.push(format!("{cut:.0} points of {:?} are cut off", text.words));
        }
        let seen = text.ink.intersect(text.clip);
        for other in &texts[index + 1..] {
            let common = seen.intersect(other.ink.intersect(other.clip));
            if common.width() > 2.0 && common.height() > 3.0 {
                findings.push(format!("{:?} is printed over {:?}", other.words, text.words));
            }
        }
    }
    findings
}

fn collect(shape: &Shape, clip: Rect, texts: &mut Vec<Text>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, texts)),
        Shape::Text(text) => {
            let all = text.visual_bounding_rect();
            for row in &text.galley.rows {
                // A text that goes on in the line of another begins behind it.
                let line = row.rect_without_leading_space().translate(text.pos.to_vec2());
                let (ink, words) = (line.intersect(all), text.galley.text().to_owned());
                let seen = ink.is_positive() && ink.intersect(clip).is_positive();
                if seen && text.opacity_factor > 0.0 {
                    texts.push(Text { ink, clip, words });
                }
            }
        }
        // What is painted over a text hides it: that is a panel's or a tile's right.
        Shape::Rect(rect) if rect.fill.is_opaque() || rect.brush.is_some() => {
            let hidden = rect.rect.intersect(clip);
            texts.retain(|text| !hidden.contains_rect(text.ink.intersect(text.clip)));
        }
        _ => {}
    }
}
