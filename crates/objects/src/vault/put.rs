//! An object on its way in: counted, hashed, sealed chunk by chunk, and sent in parts of one size.

use super::{Vault, path};
use crate::seal::{CHUNK, Seal};
use futures::StreamExt as _;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};
use sha2::{Digest as _, Sha256};
use ward_domain::secret::same;
use ward_domain::tenancy::TenantScope;
use ward_gateways::objects::{Expected, Kept, ObjectBody, ObjectError, ObjectKey};

/// The bytes of a part: what S3 wants at least is 5 MiB, and some want all parts but the last to be of one size. What is
/// shorter than one goes in one request.
const PART: usize = 8 << 20;

impl Vault {
    pub(super) async fn put_sealed(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        body: ObjectBody,
        expected: Expected,
    ) -> Result<Kept, ObjectError> {
        let (header, seal) = self.lock(*scope, key)?;
        let mut way = Way {
            vault: self,
            at: path(scope.tenant(), key),
            seal,
            sealed: header.encode().to_vec(),
            chunk: Vec::with_capacity(CHUNK),
            number: 0,
            upload: None,
        };
        match way.take(body, expected).await {
            Ok(kept) => Ok(kept),
            Err(error) => {
                // What was sent is of no use. Where this fails too, the bucket's rule for unfinished uploads is left.
                if let Some(mut upload) = way.upload
                    && let Err(error) = upload.abort().await
                {
                    tracing::warn!(error = %self.failed(&error), "an unfinished upload was left behind");
                }
                Err(error)
            }
        }
    }
}

/// An object half way.
struct Way<'a> {
    vault: &'a Vault,
    at: Path,
    seal: Seal,
    /// Sealed and not sent.
    sealed: Vec<u8>,
    /// Not sealed: a chunk is sealed when it is known whether another follows.
    chunk: Vec<u8>,
    number: u64,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl Way<'_> {
    async fn take(&mut self, mut body: ObjectBody, expected: Expected) -> Result<Kept, ObjectError> {
        let (mut bytes, mut hash) = (0_u64, Sha256::new());
        while let Some(piece) = body.next().await {
            let piece = piece?;
            bytes = bytes.saturating_add(piece.len() as u64);
            if bytes > expected.max_bytes {
                return Err(ObjectError::TooLarge { limit: expected.max_bytes });
            }
            hash.update(&piece);
            let mut rest = piece.as_ref();
            while !rest.is_empty() {
                if self.chunk.len() == CHUNK {
                    self.seal(false)?;
                    self.send_full_part().await?;
                }
                let (now, later) = rest.split_at(rest.len().min(CHUNK - self.chunk.len()));
                self.chunk.extend_from_slice(now);
                rest = later;
            }
        }
        let sha256: [u8; 32] = hash.finalize().into();
        if expected.sha256.is_some_and(|wanted| !same(&wanted, &sha256)) {
            return Err(ObjectError::WrongDigest);
        }
        self.seal(true)?;
        self.finish().await?;
        Ok(Kept { bytes, sha256 })
    }

    fn seal(&mut self, last: bool) -> Result<(), ObjectError> {
        let sealed = self.seal.seal(self.number, last, &self.chunk, &mut self.sealed);
        sealed.ok_or_else(|| ObjectError::Unusable("a chunk could not be sealed".to_owned()))?;
        self.number += 1;
        self.chunk.clear();
        Ok(())
    }

    async fn send_full_part(&mut self) -> Result<(), ObjectError> {
        // One part is kept back: an object that ends with it needs no upload in parts.
        if self.sealed.len() <= PART {
            return Ok(());
        }
        let rest = self.sealed.split_off(PART);
        let part = std::mem::replace(&mut self.sealed, rest);
        self.send(part).await
    }

    async fn send(&mut self, part: Vec<u8>) -> Result<(), ObjectError> {
        let failed = |error| self.vault.failed(&error);
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.vault.place.store.put_multipart(&self.at).await.map_err(failed)?),
        };
        upload.put_part(part.into()).await.map_err(failed)
    }

    async fn finish(&mut self) -> Result<(), ObjectError> {
        let rest = std::mem::take(&mut self.sealed);
        if self.upload.is_none() && rest.len() <= PART {
            let put = self.vault.place.store.put(&self.at, PutPayload::from(rest)).await;
            return put.map(|_| ()).map_err(|error| self.vault.failed(&error));
        }
        for part in rest.chunks(PART) {
            self.send(part.to_vec()).await?;
        }
        if let Some(upload) = &mut self.upload {
            upload.complete().await.map_err(|error| self.vault.failed(&error))?;
        }
        self.upload = None;
        Ok(())
    }
}
