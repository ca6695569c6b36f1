//! Payloads and failures in Temporal are sealed: AES-256-GCM, the key's id in the metadata and bound to it.

use futures::FutureExt;
use futures::future::BoxFuture;
use prost::Message as _;
use shepherd_store::seal::Key;
use std::collections::HashMap;
use temporalio_common::data_converters::{
    DataConverter, DefaultFailureConverter, PayloadCodec, PayloadConversionError, PayloadConverter,
    SerializationContextData,
};
use temporalio_common::protos::temporal::api::common::v1::Payload;

const ENCODING: &str = "encoding";
const SEALED: &[u8] = b"binary/encrypted";
const KEY_ID: &str = "encryption-key-id";

/// Seals what goes to Temporal and opens what comes back.
#[derive(Clone)]
pub struct Codec(Key);

impl Codec {
    pub fn new(key: Key) -> Self {
        Self(key)
    }

    /// Converter for clients, workers and replays: JSON, sealed, failures included.
    pub fn converter(self) -> DataConverter {
        DataConverter::new(PayloadConverter::default(), DefaultFailureConverter::new(true), self)
    }

    /// Seals one payload.
    ///
    /// # Errors
    /// When the cipher refuses.
    pub fn seal(&self, payload: &Payload) -> Result<Payload, PayloadConversionError> {
        let data = self.0.seal(&context(self.0.id()), &payload.encode_to_vec()).map_err(refused)?;
        let metadata =
            [(ENCODING, SEALED.to_vec()), (KEY_ID, self.0.id().as_bytes().to_vec())].map(|(k, v)| (k.to_owned(), v));
        Ok(Payload { metadata: HashMap::from(metadata), data, ..Payload::default() })
    }

    /// Opens one payload; what we did not seal passes as it is.
    ///
    /// # Errors
    /// When it was sealed under another key or was changed.
    pub fn open(&self, payload: Payload) -> Result<Payload, PayloadConversionError> {
        if payload.metadata.get(ENCODING).map(Vec::as_slice) != Some(SEALED) {
            return Ok(payload);
        }
        let id = payload.metadata.get(KEY_ID).map(|id| String::from_utf8_lossy(id).into_owned()).unwrap_or_default();
        let plain = self.0.open(&context(&id), &payload.data).map_err(refused)?;
        Payload::decode(plain.as_slice()).map_err(|error| PayloadConversionError::EncodingError(Box::new(error)))
    }
}

fn context(key_id: &str) -> Vec<u8> {
    format!("temporal payload:{key_id}").into_bytes()
}

fn refused(error: shepherd_store::Error) -> PayloadConversionError {
    PayloadConversionError::EncodingError(Box::new(error))
}

type Converted = BoxFuture<'static, Result<Vec<Payload>, PayloadConversionError>>;

impl PayloadCodec for Codec {
    fn encode(&self, _: &SerializationContextData, payloads: Vec<Payload>) -> Converted {
        let sealed = payloads.iter().map(|payload| self.seal(payload)).collect();
        async move { sealed }.boxed()
    }

    fn decode(&self, _: &SerializationContextData, payloads: Vec<Payload>) -> Converted {
        let opened = payloads.into_iter().map(|payload| self.open(payload)).collect();
        async move { opened }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> Payload {
        let metadata = HashMap::from([(ENCODING.to_owned(), b"json/plain".to_vec())]);
        Payload { metadata, data: b"\"secret\"".to_vec(), ..Payload::default() }
    }

    #[test]
    fn a_sealed_payload_opens_and_shows_nothing() -> anyhow::Result<()> {
        let codec = Codec::new(Key::parse(&Key::generate())?);
        let sealed = codec.seal(&payload())?;
        assert!(!String::from_utf8_lossy(&sealed.encode_to_vec()).contains("secret"));
        assert_eq!(codec.open(sealed)?, payload());
        assert_eq!(codec.open(payload())?, payload());
        Ok(())
    }

    #[test]
    fn a_sealed_payload_is_bound_to_what_stands_beside_it() -> anyhow::Result<()> {
        let key = Key::parse(&Key::generate())?;
        let sealed = Codec::new(key.clone()).seal(&payload())?;
        assert_eq!(sealed.metadata.get(ENCODING).map(Vec::as_slice), Some(SEALED));
        assert_eq!(sealed.metadata.get(KEY_ID).map(Vec::as_slice), Some(key.id().as_bytes()));
        let mut renamed = sealed.clone();
        renamed.metadata.insert(KEY_ID.to_owned(), b"another".to_vec());
        let mut unnamed = sealed.clone();
        unnamed.metadata.remove(KEY_ID);
        // The same key, used for something else.
        let foreign = key.seal(b"cluster", &payload().encode_to_vec())?;
        let foreign = Payload { data: foreign, ..sealed };
        for other in [renamed, unnamed, foreign] {
            assert!(Codec::new(key.clone()).open(other).is_err());
        }
        Ok(())
    }

    #[tokio::test]
    async fn clients_and_workers_seal_what_they_convert() -> anyhow::Result<()> {
        let converter = Codec::new(Key::parse(&Key::generate())?).converter();
        let (nowhere, word) = (SerializationContextData::None, "secret".to_owned());
        let sent = converter.to_payload(&nowhere, &word).await?;
        assert_eq!(sent.metadata.get(ENCODING).map(Vec::as_slice), Some(SEALED));
        assert_eq!(converter.from_payload::<String>(&nowhere, sent).await?, word);
        Ok(())
    }

    #[test]
    fn another_key_opens_nothing() -> anyhow::Result<()> {
        let sealed = Codec::new(Key::parse(&Key::generate())?).seal(&payload())?;
        assert!(Codec::new(Key::parse(&Key::generate())?).open(sealed).is_err());
        Ok(())
    }
}
