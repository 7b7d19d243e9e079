//! Requests to the hub. The one place that uses reqwest, but for the stream beside it.

use std::sync::Arc;
use std::time::Duration;

use flate2::write::GzDecoder;
use jiff::civil::Date;
use portero_protocol::attendance::{Delivery, DeliveryAnswer};
use portero_protocol::conflict::Conflict;
use portero_protocol::cursor::Cursor;
use portero_protocol::device::{HEADER_REPORT, Report};
use portero_protocol::history::ReservationHistory;
use portero_protocol::ids::{OpId, ReservationId};
use portero_protocol::listing::{ChangesPage, ReservationDetail, ReservationList};
use portero_protocol::{HEADER_IDEMPOTENCY, HEADER_SEQUENCE, HEADER_TIME};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, IF_MATCH, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::snapshot::SnapshotReader;
use super::trouble::Trouble;
use crate::door::HubAddress;
use crate::error::Result;
use crate::figures::Figures;
use crate::known::{Known, wall_ms};
use crate::report::Reporter;
use answer::{encode, header};

pub(super) mod answer;
mod client;

pub(super) use answer::{decode, head_bytes, is_gzip, life, reason};

/// For a whole answer that is small.
const ANSWER: Duration = Duration::from_secs(15);
/// What a request's first line and the headers that are added here take at least, in bytes.
const REQUEST_HEAD: u64 = 142;

/// The hub at its address, with this device's token.
#[derive(Debug)]
pub(crate) struct Hub {
    api: Client,
    stream: Client,
    base: Url,
    token_bytes: u64,
    pub(super) known: Arc<Known>,
    figures: Arc<Figures>,
    reporter: Reporter,
}

/// A write, as it is sent.
#[derive(Debug)]
pub(crate) struct WriteRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) version: Option<u64>,
    pub(crate) op: OpId,
}

impl Hub {
    /// Reads the address and makes the clients. Connects to nothing.
    ///
    /// # Errors
    /// `invalid_config`: the address or the token cannot be used.
    pub(crate) fn new(address: &HubAddress, known: Arc<Known>, figures: Arc<Figures>) -> Result<Self> {
        let base = client::base(&address.url)?;
        let token = address.token.trim();
        let headers = client::headers(token)?;
        let client = |more| client::client(&base, &headers, more);
        Ok(Self {
            api: client(|builder| builder.pool_idle_timeout(Duration::from_secs(25)))?,
            // Of its own, so that a wedged stream takes no request with it.
            stream: client(|builder| builder.pool_max_idle_per_host(0))?,
            base,
            token_bytes: token.len() as u64,
            known,
            figures,
            reporter: Reporter::default(),
        })
    }

    /// What this laptop says of itself.
    pub(crate) fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    /// Says how this laptop is, where no request is due that would take it along.
    pub(crate) async fn report(&self, report: &Report) -> Result<(), Trouble> {
        let body = encode(report)?;
        let length = body.len() as u64;
        let request = self
            .api
            .post(self.url("api/dispositivos/estado"))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        self.bytes(request, length).await?;
        self.reporter.told(report.clone());
        Ok(())
    }

    /// Reads something small.
    pub(crate) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        self.json(self.api.get(self.url(path)), 0).await
    }

    /// The request that opens the stream after a cursor. Counted when it is made.
    pub(crate) fn stream_request(&self, since: &Cursor) -> RequestBuilder {
        self.figures.request();
        self.figures.bytes(REQUEST_HEAD + self.token_bytes + 40);
        let mut url = self.url("api/reservas/events");
        url.query_pairs_mut().append_pair("since", &since.to_string());
        let request = self
            .stream
            .get(url)
            .header(reqwest::header::CACHE_CONTROL, "no-cache");
        // Who answers it is known elsewhere: it is said again with the next request, and does no harm.
        self.with_report(request).0
    }

    /// One page of changes after a cursor.
    pub(crate) async fn changes(&self, since: &Cursor) -> Result<ChangesPage, Trouble> {
        let mut url = self.url("api/reservas/changes");
        url.query_pairs_mut().append_pair("since", &since.to_string());
        self.json(self.api.get(url), 0).await
    }

    /// Delivers entries, and brings changes after `since` back. With the life of the log that answered.
    pub(crate) async fn deliver(
        &self,
        entries: Vec<Value>,
        since: Option<Cursor>,
    ) -> Result<(DeliveryAnswer, Option<String>), Trouble> {
        let body = encode(&Delivery { entries, since })?;
        let length = body.len() as u64;
        let request = self
            .api
            .post(self.url("api/asistencia"))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            // Each entry has its own id, so the key is the request's alone.
            .header(HEADER_IDEMPOTENCY, OpId::new(wall_ms()).to_string())
            .body(body);
        let (status, life, bytes) = self
            .bytes(request.header(ACCEPT_ENCODING, "gzip"), length)
            .await?;
        Ok((decode(status, &bytes)?, life))
    }

    /// Sends a write. A deletion may answer with nothing. With the life of the log that answered.
    pub(crate) async fn write(&self, write: WriteRequest) -> Result<(Value, Option<String>), Trouble> {
        let body = write.body.as_ref().map(encode).transpose()?;
        let length = body.as_ref().map_or(0, |body| body.len() as u64);
        let mut request = self
            .api
            .request(write.method, self.url(&write.path))
            .header(HEADER_IDEMPOTENCY, write.op.to_string());
        if let Some(version) = write.version {
            request = request.header(IF_MATCH, format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body);
        }
        let (status, life, bytes) = self.bytes(request, length).await?;
        if bytes.is_empty() {
            return Ok((Value::Null, life));
        }
        Ok((decode(status, &bytes)?, life))
    }

    /// One reservation with its entries.
    pub(crate) async fn reservation(&self, id: &ReservationId) -> Result<ReservationDetail, Trouble> {
        self.json(self.api.get(self.url(&format!("api/reservas/{id}"))), 0)
            .await
    }

    /// One page of the list of a venue day.
    pub(crate) async fn list(&self, day: Date, limit: u32, offset: u32) -> Result<ReservationList, Trouble> {
        let mut url = self.url("api/reservas");
        url.query_pairs_mut()
            .append_pair("fecha", &day.to_string())
            .append_pair("limit", &limit.to_string())
            .append_pair("offset", &offset.to_string());
        self.json(self.api.get(url), 0).await
    }

    /// One reservation with its entries and its edits.
    pub(crate) async fn history(&self, id: &ReservationId) -> Result<ReservationHistory, Trouble> {
        self.json(self.api.get(self.url(&format!("api/reservas/{id}"))), 0)
            .await
    }

    /// Decides a conflict.
    pub(crate) async fn resolve(&self, id: &str, body: Value, op: OpId) -> Result<Conflict, Trouble> {
        let (answer, _) = self
            .write(WriteRequest {
                method: Method::POST,
                path: format!("api/conflictos/{id}/resolver"),
                body: Some(body),
                version: None,
                op,
            })
            .await?;
        // The conflict itself, or inside `conflicto` as in its event.
        let conflict = answer.get("conflicto").cloned().unwrap_or(answer);
        serde_json::from_value(conflict).map_err(|error| Trouble::not_the_hub(200, error))
    }

    /// Asks for a snapshot, whose lines come as they are read.
    pub(crate) async fn snapshot(&self) -> Result<SnapshotReader, Trouble> {
        let wall = wall_ms();
        let request = self
            .api
            .get(self.url("api/snapshot"))
            .header(ACCEPT, "application/x-ndjson")
            .header(ACCEPT_ENCODING, "gzip");
        let response = self.send(request, 0).await?;
        Ok(SnapshotReader::new(
            response,
            self.figures.clone(),
            self.known.asked_at(wall),
        ))
    }

    fn url(&self, path: &str) -> Url {
        // The base ends in a slash and the path is made of ids that fit into one.
        self.base.join(path).unwrap_or_else(|_| self.base.clone())
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder, length: u64) -> Result<T, Trouble> {
        let (status, _, bytes) = self
            .bytes(request.header(ACCEPT_ENCODING, "gzip"), length)
            .await?;
        decode(status, &bytes)
    }

    /// A whole answer that is small.
    async fn bytes(
        &self,
        request: RequestBuilder,
        length: u64,
    ) -> Result<(u16, Option<String>, Vec<u8>), Trouble> {
        tokio::time::timeout(ANSWER, async {
            let response = self.send(request, length).await?;
            let status = response.status().as_u16();
            let gzip = is_gzip(&response);
            let life = life(&response).map(str::to_owned);
            let body = response.bytes().await.map_err(Trouble::unreachable)?;
            self.figures.bytes(body.len() as u64);
            if !gzip {
                return Ok((status, life, body.to_vec()));
            }
            let mut decoder = GzDecoder::new(Vec::new());
            std::io::Write::write_all(&mut decoder, &body)
                .and_then(|()| decoder.finish())
                .map(|bytes| (status, life, bytes))
                .map_err(|error| Trouble::not_the_hub(status, error))
        })
        .await
        .map_err(|_| Trouble::unreachable(format!("no answer in {} s", ANSWER.as_secs())))?
    }

    /// A request that is made anyway takes along how this laptop is, where the hub does not know it.
    fn with_report(&self, request: RequestBuilder) -> (RequestBuilder, Option<Report>) {
        let request = request.header(HEADER_SEQUENCE, self.known.issued());
        let along = self
            .reporter
            .along()
            .and_then(|report| Some((serde_json::to_string(&report).ok()?, report)));
        match along {
            Some((text, report)) => {
                self.figures.bytes(text.len() as u64 + 20);
                (request.header(HEADER_REPORT, text), Some(report))
            }
            None => (request, None),
        }
    }

    /// Sends a request and reads its headers: the hub's clock, and whether it is an error.
    async fn send(&self, request: RequestBuilder, length: u64) -> Result<Response, Trouble> {
        self.figures.request();
        self.figures.bytes(REQUEST_HEAD + self.token_bytes + length);
        let (request, along) = self.with_report(request);
        let sent = wall_ms();
        let response = tokio::time::timeout(ANSWER, request.send())
            .await
            .map_err(|_| Trouble::unreachable(format!("no answer in {} s", ANSWER.as_secs())))?
            .map_err(|error| Trouble::unreachable(reason(&error)))?;
        let received = wall_ms();
        self.figures.bytes(head_bytes(&response));
        let hub = response
            .headers()
            .get(HEADER_TIME)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse::<i64>().ok());
        if let Some(hub) = hub {
            self.known.clock(|clock| clock.answered(hub, sent, received));
        }
        self.known.hear_life(life(&response));
        let status = response.status().as_u16();
        if response.status().is_success() {
            if let Some(report) = along {
                self.reporter.told(report);
            }
            return Ok(response);
        }
        let retry_after = header(&response, &RETRY_AFTER);
        let body = tokio::time::timeout(ANSWER, response.bytes())
            .await
            .ok()
            .and_then(std::result::Result::ok)
            .unwrap_or_default();
        self.figures.bytes(body.len() as u64);
        Err(Trouble::answered(status, retry_after.as_deref(), &body))
    }
}
