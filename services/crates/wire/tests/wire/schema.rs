//! The schema as an independent reader has it: a protobuf reflection library over the `.proto`
//! files.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage};

/// All messages of ours.
const FILES: &[&str] = &[
    "orderflow/orders/v1/envelope.proto",
    "orderflow/orders/v1/venue_order.proto",
    "orderflow/executions/v1/drop_copy.proto",
    "orderflow/events/v1/dead_letter.proto",
    "orderflow/events/v1/life_cycle.proto",
    "orderflow/events/v1/order_view.proto",
    "orderflow/journal/v1/body.proto",
    "orderflow/journal/v1/entry.proto",
];

/// The folder `proto`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../proto")
}

/// A message of the kind, read from bytes.
pub(crate) fn read(kind: &str, bytes: &[u8]) -> DynamicMessage {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let files = protox::compile(FILES, [folder()]).unwrap();
        DescriptorPool::from_file_descriptor_set(files).unwrap()
    });
    DynamicMessage::decode(pool.get_message_by_name(kind).unwrap(), bytes).unwrap()
}

/// The bytes that a message has when fields stand in the order of their numbers, defaults left out.
pub(crate) fn canonical(kind: &str, bytes: &[u8]) -> Vec<u8> {
    read(kind, bytes).encode_to_vec()
}

/// Whether the reader met fields that the schema doesn't have.
pub(crate) fn has_strangers(message: &DynamicMessage) -> bool {
    message.unknown_fields().next().is_some()
}

/// Protobuf's own JSON of a message, two spaces deep, with a line's end.
pub(crate) fn json(kind: &str, bytes: &[u8]) -> String {
    let mut text = serde_json::to_string_pretty(&read(kind, bytes)).unwrap();
    text.push('\n');
    text
}

/// The bytes of a message given as JSON.
pub(crate) fn of_json(kind: &str, text: &str) -> Vec<u8> {
    let descriptor = read(kind, &[]).descriptor();
    let mut json = serde_json::Deserializer::from_str(text);
    let message = DynamicMessage::deserialize(descriptor, &mut json).unwrap();
    json.end().unwrap();
    message.encode_to_vec()
}
