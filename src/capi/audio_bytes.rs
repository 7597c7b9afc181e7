//! Files in memory: what was sent, or what it decodes to, as the bytes of one file that plays.

use std::sync::Arc;

use super::audio_file::{format, vw_format};
use super::decoder::{vw_decoder_config, vw_wav_samples, wav_samples};
use super::handle::{self, Handle};
use super::input::{optional_bytes, out_pointer, read_struct};
use super::status::{guard, vw_status};
use crate::audio::{WavSamples, decode, joined_file_bytes};
use crate::error::{Error, Result};

/// The bytes of a file, in memory.
pub struct vw_audio_bytes {
    _opaque: [u8; 0],
}

impl Handle for vw_audio_bytes {
    type Object = Vec<u8>;
    const NAME: &'static str = "vw_audio_bytes";
}

/// Makes one file that plays of the size bytes at data, which are the chunks of one generation as the service sent them, one
/// after the other: WAV chunks under one header, VW_FORMAT_S16LE under a WAV header and VW_FORMAT_MULAW under a Sun audio
/// header that state sample_rate in Hz, the others as they are.
///
/// *out are the bytes; free them with vw_audio_bytes_free. VW_ERR_BAD_AUDIO when WAV does not begin with a header, or one
/// cannot be read or states other samples than the first. VW_ERR_INVALID_ARGUMENT for a sample_rate that is not more than 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_bytes_as_sent(
    format_code: vw_format,
    sample_rate: i32,
    data: *const u8,
    size: usize,
    out: *mut *mut vw_audio_bytes,
) -> vw_status {
    guard(|| {
        let format = format(format_code)?;
        let rate = u32::try_from(sample_rate).ok().filter(|rate| *rate > 0);
        let rate = rate.ok_or_else(|| Error::invalid("sample_rate", sample_rate, "a rate in Hz, more than 0"))?;
        // SAFETY: the caller's bytes, and its place for the result.
        unsafe { make(data, size, out, |sent| joined_file_bytes(format, rate, sent)) }
    })
}

/// Makes a WAV file of what the size bytes at data, labelled as config says, decode to: samples are VW_WAV_S16 or
/// VW_WAV_F32, of the rate and with the channels that config asks for.
///
/// *out are the bytes; free them with vw_audio_bytes_free. VW_ERR_BAD_AUDIO when they cannot be decoded: what was good a
/// vw_decoder hands out; also for WAV that ends before its samples begin, which only a stream may.
/// VW_ERR_INVALID_ARGUMENT for a value outside its range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_bytes_decoded(
    config: *const vw_decoder_config,
    samples: vw_wav_samples,
    data: *const u8,
    size: usize,
    out: *mut *mut vw_audio_bytes,
) -> vw_status {
    guard(|| {
        // SAFETY: the caller's struct.
        let config = unsafe { read_struct(config)? };
        let samples = wav_samples(samples)?;
        let ((format, rate), output) = (config.label()?, config.output()?);
        let to_wav = |sent: &[u8]| match samples {
            WavSamples::S16 => Ok(decode::<i16>(format, rate, sent, output)?.to_wav()),
            WavSamples::F32 => Ok(decode::<f32>(format, rate, sent, output)?.to_wav()),
        };
        // SAFETY: the caller's bytes, and its place for the result.
        unsafe { make(data, size, out, to_wav) }
    })
}

/// # Safety
/// `data` is NULL or points to `size` bytes; `out` is NULL or may be written to.
unsafe fn make(
    data: *const u8,
    size: usize,
    out: *mut *mut vw_audio_bytes,
    file: impl FnOnce(&[u8]) -> Result<Vec<u8>>,
) -> Result<()> {
    let out = out_pointer("out", out)?;
    // SAFETY: promised by the caller.
    let sent = unsafe { optional_bytes("data", data, size)? }.unwrap_or_default();
    let bytes = file(sent)?;
    // SAFETY: not NULL, and the caller's to be written to.
    unsafe { out.write(handle::insert(Arc::new(bytes))) };
    Ok(())
}

/// Where the bytes are, in *data, and how many, in *size: valid until vw_audio_bytes_free.
///
/// VW_ERR_INVALID_ARGUMENT when bytes are no live ones, or data or size is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_bytes_get(
    bytes: *const vw_audio_bytes,
    data: *mut *const u8,
    size: *mut usize,
) -> vw_status {
    guard(|| {
        let (data, size) = (out_pointer("data", data)?, out_pointer("size", size)?);
        let bytes = handle::get(bytes)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe {
            data.write(bytes.as_ptr());
            size.write(bytes.len());
        }
        Ok(())
    })
}

/// Frees the bytes of a file.
///
/// VW_ERR_INVALID_ARGUMENT when bytes are neither NULL nor live ones.
#[unsafe(no_mangle)]
pub extern "C" fn vw_audio_bytes_free(bytes: *mut vw_audio_bytes) -> vw_status {
    guard(|| handle::remove(bytes.cast_const()).map(drop))
}
