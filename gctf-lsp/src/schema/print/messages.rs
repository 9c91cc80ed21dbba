//! Messages with what they hold, in an order that compiles to the same descriptors.

use super::Printer;
use super::fields::{Slot, slots};
use prost_reflect::{ExtensionDescriptor, Kind, MessageDescriptor};
use std::collections::BTreeSet;

/// One past the highest number of a field.
const PAST_LAST: i32 = 1 << 29;

impl Printer<'_> {
    /// Messages of a file or a message. Those that stand in `extensions`, as groups do, are printed there.
    pub(super) fn messages(&mut self, messages: &[MessageDescriptor], extensions: &[ExtensionDescriptor]) {
        let groups: BTreeSet<_> = extensions.iter().filter_map(group_of).collect();
        for message in messages {
            if !groups.contains(message.full_name()) && !message.is_map_entry() {
                self.message(message);
            }
        }
    }

    fn message(&mut self, message: &MessageDescriptor) {
        self.gap();
        self.comment(message.path());
        self.indent();
        self.out.push_str("message ");
        self.name(message.path(), message.name());
        self.message_body(message);
        self.gap();
    }

    /// From the opening brace to the closing one.
    pub(super) fn message_body(&mut self, message: &MessageDescriptor) {
        self.open();
        let scope = message.full_name();
        self.statements(&message.options(), scope);
        for descriptor in message.child_enums() {
            self.enumeration(&descriptor);
        }
        self.members(message);
        let ranges = message.descriptor_proto().extension_range.iter();
        let ranges: Vec<_> = ranges
            .map(|own| range(own.start(), own.end() - 1, PAST_LAST - 1))
            .collect();
        for range in ranges {
            self.line(&format!("extensions {range};"));
        }
        let ranges = message.descriptor_proto().reserved_range.iter();
        let ranges = ranges.map(|own| range(own.start(), own.end() - 1, PAST_LAST - 1));
        self.reserved(ranges.collect(), &message.descriptor_proto().reserved_name);
        self.extensions(message.child_extensions(), scope);
        self.close();
    }

    /// Fields with the messages between them. A map or a group declares a message of its own, whose number among the
    /// messages follows from where it stands: those with lower numbers come first.
    fn members(&mut self, message: &MessageDescriptor) {
        let children: Vec<_> = message.child_messages().collect();
        let extensions: Vec<_> = message.child_extensions().collect();
        let slots = slots(message);
        let owned: BTreeSet<_> = slots.iter().flat_map(Slot::declared).collect();
        let mut next = 0;
        for slot in &slots {
            if let Some(first) = slot.declared().into_iter().min() {
                let before = next..first.max(next);
                let own = |at: &usize| !owned.contains(at);
                let ready: Vec<_> = before.filter(own).filter_map(|at| children.get(at).cloned()).collect();
                self.messages(&ready, &extensions);
                next = next.max(first + 1);
            }
            self.slot(message, slot);
        }
        let rest = (next..children.len()).filter(|at| !owned.contains(at));
        let rest: Vec<_> = rest.map(|at| children[at].clone()).collect();
        self.messages(&rest, &extensions);
    }
}

/// The message that a group in an extension declares.
fn group_of(extension: &ExtensionDescriptor) -> Option<String> {
    match extension.kind() {
        Kind::Message(message) if extension.is_group() => Some(message.full_name().to_owned()),
        _ => None,
    }
}

/// Numbers from `start` to `end`, both in it; `last` is the highest there is.
pub(super) fn range(start: i32, end: i32, last: i32) -> String {
    match end {
        end if end == start => start.to_string(),
        end if end == last => format!("{start} to max"),
        end => format!("{start} to {end}"),
    }
}
