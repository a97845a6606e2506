//! The places: a folder on this machine, or a bucket.

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::{BackoffConfig, ClientOptions, Error, ObjectStore, RetryConfig};
use serde::Deserialize;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ward_gateways::objects::ObjectError;

/// How a bucket encrypts what it keeps, besides our own seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// As the bucket is set up.
    #[default]
    Bucket,
    /// `x-amz-server-side-encryption: AES256`.
    Aes256,
    /// `aws:kms`, with the key in `kms_key`.
    AwsKms,
}

/// `[objects.s3]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    /// The bucket. It must be there.
    pub bucket: String,
    /// As the service calls it.
    #[serde(default = "region")]
    pub region: String,
    /// Address of a service that is not AWS, as `http://minio:9000`; empty: AWS.
    #[serde(default)]
    pub endpoint: String,
    /// The bucket in the path, not in the host name: what most services that are not AWS want.
    #[serde(default = "yes")]
    pub path_style: bool,
    /// Who asks.
    pub access_key: String,
    /// And the secret; better as a variable.
    pub secret_key: String,
    /// What the service encrypts with besides.
    #[serde(default)]
    pub encryption: Encryption,
    /// The key of `aws-kms`.
    #[serde(default)]
    pub kms_key: String,
    /// How long one request may take, in seconds.
    #[serde(default = "seconds")]
    pub timeout_seconds: u64,
}

fn region() -> String {
    "us-east-1".to_owned()
}

const fn yes() -> bool {
    true
}

const fn seconds() -> u64 {
    30
}

/// Without the secrets.
impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("bucket", &self.bucket)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// A place, and how it is called in errors.
#[derive(Clone)]
pub struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    name: String,
}

/// A folder on this machine, made where there is none, for this user's eyes only. What is put is on the disk.
pub fn folder(path: &Path) -> Result<Place, ObjectError> {
    let name = format!("the folder of objects {}", path.display());
    let unusable =
        |error: &dyn std::fmt::Display| ObjectError::Unusable(format!("{name} cannot be used: {error}"));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| unusable(&error))?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(|error| unusable(&error))?.with_fsync(true);
    Ok(Place { store: Arc::new(store), name })
}

/// A bucket. Nothing is asked of it yet: see [`ward_gateways::objects::Objects::check`].
pub fn s3(settings: &S3Settings) -> Result<Place, ObjectError> {
    let name = format!("the bucket {}", settings.bucket);
    let wrong = |what: &str| ObjectError::Unusable(format!("[objects.s3] {what}"));
    for (value, what) in [
        (&settings.bucket, "bucket is missing"),
        (&settings.access_key, "access_key is missing"),
        (&settings.secret_key, "secret_key is missing"),
    ] {
        if value.is_empty() {
            return Err(wrong(what));
        }
    }
    if settings.encryption == Encryption::AwsKms && settings.kms_key.is_empty() {
        return Err(wrong("encryption = \"aws-kms\" needs kms_key"));
    }
    let client = ClientOptions::new()
        .with_timeout(Duration::from_secs(settings.timeout_seconds.max(1)))
        .with_connect_timeout(Duration::from_secs(5))
        .with_allow_http(settings.endpoint.starts_with("http://"));
    // Few and short: whoever waits for an object has a deadline of its own.
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: 3,
        retry_timeout: Duration::from_secs(15),
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_access_key_id(&settings.access_key)
        .with_secret_access_key(&settings.secret_key)
        .with_virtual_hosted_style_request(!settings.path_style)
        .with_client_options(client)
        .with_retry(retry);
    if !settings.endpoint.is_empty() {
        builder = builder.with_endpoint(&settings.endpoint);
    }
    builder = match settings.encryption {
        Encryption::Bucket => builder,
        Encryption::Aes256 => {
            let key = "aws_server_side_encryption".parse::<AmazonS3ConfigKey>();
            let key = key.map_err(|_| wrong("encryption is not known to this program's S3 client"))?;
            builder.with_config(key, "AES256")
        }
        Encryption::AwsKms => builder.with_sse_kms_encryption(&settings.kms_key),
    };
    let store = builder.build().map_err(|error| wrong(&format!("cannot be used: {}", words(&error))))?;
    Ok(Place { store: Arc::new(store), name })
}

impl Place {
    /// What an error of the place means here, and what to do.
    pub(crate) fn error(&self, error: &Error) -> ObjectError {
        let name = &self.name;
        match error {
            Error::NotFound { source, .. } if source.to_string().contains("NoSuchBucket") => {
                ObjectError::Unusable(format!("{name} is not there: make it, or correct objects.s3.bucket"))
            }
            Error::NotFound { .. } => ObjectError::NotFound,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ObjectError::Denied(format!(
                "{name} refuses Ward: correct objects.s3.access_key and secret_key, or allow that key to get, put, delete \
                 and list there"
            )),
            _ => ObjectError::Unavailable(match trouble(error) {
                Some(trouble) => format!("{name} {trouble}"),
                None => format!("{name}: {}", words(error)),
            }),
        }
    }
}

/// What is the matter with a disk, and what to do.
fn trouble(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) => {
                return Some("has no room left: make some");
            }
            Some(ErrorKind::PermissionDenied) => {
                return Some("cannot be written: let the user who runs Ward write there");
            }
            Some(ErrorKind::ReadOnlyFilesystem) => return Some("is read-only: mount it writable"),
            _ => next = error.source(),
        }
    }
    None
}

/// The client's innermost words: the outer ones hold URLs and paths.
fn words(error: &Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().chars().take(200).collect()
}
