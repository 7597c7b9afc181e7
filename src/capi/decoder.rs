//! Decoding while streaming, and files of what was decoded.

use std::ffi::c_char;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use super::audio_file::{File, format, format_code, vw_audio_file, vw_format};
use super::handle::{self, Handle};
use super::input::{CallerStruct, VW_UNSET, optional_bytes, out_pointer, read_struct, required_text, write_struct};
use super::status::{guard, vw_status};
use crate::audio::{AudioFile, Decoder, Format, Output, Sample, WavSamples};
use crate::error::{Error, ErrorKind, Result};

/// How a WAV file holds decoded samples.
pub type vw_wav_samples = i32;
/// 16-bit integers, which everything can play.
pub const VW_WAV_S16: vw_wav_samples = 1;
/// 32-bit floating point: nothing is rounded or clamped.
pub const VW_WAV_F32: vw_wav_samples = 2;

pub(super) fn wav_samples(code: vw_wav_samples) -> Result<WavSamples> {
    match code {
        VW_WAV_S16 => Ok(WavSamples::S16),
        VW_WAV_F32 => Ok(WavSamples::F32),
        other => Err(Error::invalid("samples", other, "VW_WAV_S16 (1) or VW_WAV_F32 (2)")),
    }
}

/// What is to be decoded, and how the samples are wanted. Filled by vw_decoder_config_init.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_decoder_config {
    /// The size of this struct, filled by vw_decoder_config_init.
    pub struct_size: usize,
    /// What the audio is labelled as; VW_FORMAT_MP3 unless changed. A WAV, Ogg, Sun audio or ID3 header in the bytes counts
    /// more, and so do mp3 frames that follow each other.
    pub format: vw_format,
    /// The rate in Hz of VW_FORMAT_S16LE and VW_FORMAT_MULAW, which do not state theirs: 4000 to 192000. The others do not
    /// need it: VW_UNSET, which it is unless changed.
    pub sample_rate: i32,
    /// Frames per second of the samples wanted, 4000 to 192000; VW_UNSET (which it is unless changed) for the source's own.
    pub output_rate: i32,
    /// Channels wanted, interleaved, 1 to 8; VW_UNSET (which it is unless changed) for as many as the source has. One
    /// channel is copied to all; several become one by their mean; otherwise the first ones stay, and what is missing is
    /// silent.
    pub channels: i32,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_decoder_config {
    const NAME: &'static str = "vw_decoder_config";
    const FIRST_SIZE: usize = size_of::<vw_decoder_config>();

    fn init() -> Self {
        vw_decoder_config {
            struct_size: size_of::<Self>(),
            format: format_code(Format::Mp3),
            sample_rate: VW_UNSET,
            output_rate: VW_UNSET,
            channels: VW_UNSET,
        }
    }
}

impl vw_decoder_config {
    pub(super) fn label(&self) -> Result<(Format, u32)> {
        let rate = number("sample_rate", self.sample_rate, "4000 to 192000 Hz, or VW_UNSET (-1)")?;
        Ok((format(self.format)?, rate))
    }

    pub(super) fn output(&self) -> Result<Output> {
        let rate = number("output_rate", self.output_rate, "4000 to 192000 Hz, or VW_UNSET (-1)")?;
        let channels = number("channels", self.channels, "1 to 8, or VW_UNSET (-1)")?;
        // More than fits is more than is taken.
        Ok(Output::new(rate, u16::try_from(channels).unwrap_or(u16::MAX)))
    }
}

/// A number that is not given is 0 in the core; 0 is none that is taken here.
fn number(field: &str, value: i32, takes: &str) -> Result<u32> {
    match value {
        VW_UNSET => Ok(0),
        value if value > 0 => Ok(value.unsigned_abs()),
        value => Err(Error::invalid(field, value, takes)),
    }
}

/// What a decoder has found out. Filled by vw_decoder_get_info.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_decoder_info {
    /// The size of this struct, filled by vw_decoder_info_init.
    pub struct_size: usize,
    /// Frames per second of the samples that are handed out; 0 until it is known.
    pub sample_rate: u32,
    /// Channels of the samples that are handed out; 0 until it is known.
    pub channels: u32,
    /// What the bytes turned out to be, VW_FORMAT_MULAW also for Sun audio files; 0 until it is known.
    pub source_format: vw_format,
    /// Frames per second of the source, 48000 for Opus; 0 until it is known.
    pub source_rate: u32,
    /// Channels of the source; 0 until it is known.
    pub source_channels: u32,
    /// Seconds of audio decoded so far.
    pub seconds: f64,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_decoder_info {
    const NAME: &'static str = "vw_decoder_info";
    const FIRST_SIZE: usize = size_of::<vw_decoder_info>();

    fn init() -> Self {
        vw_decoder_info {
            struct_size: size_of::<Self>(),
            sample_rate: 0,
            channels: 0,
            source_format: 0,
            source_rate: 0,
            source_channels: 0,
            seconds: 0.0,
        }
    }
}

/// Decodes audio while it streams: mp3, Ogg Opus, WAV, Sun audio, mu-law and 16-bit samples, in pieces cut anywhere.
pub struct vw_decoder {
    _opaque: [u8; 0],
}

/// A decoder, and the samples that the last call has handed out.
pub(super) struct Decoding {
    decoder: Decoder,
    f32: Vec<f32>,
    s16: Vec<i16>,
}

impl Handle for vw_decoder {
    type Object = Mutex<Decoding>;
    const NAME: &'static str = "vw_decoder";
}

/// Fills *config with the defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_config_init(config: *mut vw_decoder_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(CallerStruct::init()) };
        Ok(())
    })
}

/// Fills *info with zeros and its size. VW_ERR_INVALID_ARGUMENT when info is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_info_init(info: *mut vw_decoder_info) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("info", info)?.write(CallerStruct::init()) };
        Ok(())
    })
}

/// Makes a decoder. *out is the decoder; free it with vw_decoder_free.
///
/// What the bytes are is recognised from themselves where they say it. Delay and padding of mp3 and Opus are cut off where
/// they are stated, also of streams that are joined. A stream that breaks off, in the middle of a frame or of a header, is
/// not broken: it ends with its last whole frame. Memory does not grow with the stream.
///
/// VW_ERR_INVALID_ARGUMENT for a value outside its range; vw_error.field names it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_new(config: *const vw_decoder_config, out: *mut *mut vw_decoder) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct.
        let config = unsafe { read_struct(config)? };
        let (format, rate) = config.label()?;
        let decoding = Decoding {
            decoder: Decoder::new(format, rate, config.output()?)?,
            f32: Vec::new(),
            s16: Vec::new(),
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(Mutex::new(decoding)))) };
        Ok(())
    })
}

/// Takes the next size bytes at data, and hands out what can be decoded now: *samples are *frames times as many samples as
/// there are channels, interleaved, full scale being -1 to 1 (not clamped: encoded audio may go a little beyond). They belong
/// to the decoder and are valid until the next call for it; NULL when there are none. Not for two threads at once, since
/// each takes the other's samples away.
///
/// VW_ERR_BAD_AUDIO when the audio is broken or of a form that is not known; vw_error.audio_byte says where, and, unlike
/// elsewhere, *samples and *frames are set: what was good before it. Every later call fails in the same way.
/// VW_ERR_INVALID_ARGUMENT after vw_decoder_finish_f32 or vw_decoder_finish_s16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_push_f32(
    decoder: *mut vw_decoder,
    data: *const u8,
    size: usize,
    samples: *mut *const f32,
    frames: *mut usize,
) -> vw_status {
    guard(|| {
        // SAFETY: the caller's bytes.
        let bytes = unsafe { optional_bytes("data", data, size)? }.unwrap_or_default();
        // SAFETY: the caller's, to be written to.
        unsafe { decode(decoder, Some(bytes), |decoding| &mut decoding.f32, samples, frames) }
    })
}

/// vw_decoder_push_f32 with 16-bit samples, rounded and clamped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_push_s16(
    decoder: *mut vw_decoder,
    data: *const u8,
    size: usize,
    samples: *mut *const i16,
    frames: *mut usize,
) -> vw_status {
    guard(|| {
        // SAFETY: the caller's bytes.
        let bytes = unsafe { optional_bytes("data", data, size)? }.unwrap_or_default();
        // SAFETY: the caller's, to be written to.
        unsafe { decode(decoder, Some(bytes), |decoding| &mut decoding.s16, samples, frames) }
    })
}

/// No more comes: hands out what was still inside, as vw_decoder_push_f32 does. The second time there is nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_finish_f32(
    decoder: *mut vw_decoder,
    samples: *mut *const f32,
    frames: *mut usize,
) -> vw_status {
    // SAFETY: the caller's, to be written to.
    guard(|| unsafe { decode(decoder, None, |decoding| &mut decoding.f32, samples, frames) })
}

/// vw_decoder_finish_f32 with 16-bit samples, rounded and clamped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_finish_s16(
    decoder: *mut vw_decoder,
    samples: *mut *const i16,
    frames: *mut usize,
) -> vw_status {
    // SAFETY: the caller's, to be written to.
    guard(|| unsafe { decode(decoder, None, |decoding| &mut decoding.s16, samples, frames) })
}

/// Decodes into one of the decoder's lists, and says where that is.
///
/// # Safety
/// `samples` and `frames` are NULL or may be written to.
unsafe fn decode<S: Sample>(
    decoder: *mut vw_decoder,
    bytes: Option<&[u8]>,
    list: impl Fn(&mut Decoding) -> &mut Vec<S>,
    samples: *mut *const S,
    frames: *mut usize,
) -> Result<()> {
    let (samples, frames) = (out_pointer("samples", samples)?, out_pointer("frames", frames)?);
    let decoding = handle::get(decoder.cast_const())?;
    let mut decoding = decoding.lock().unwrap_or_else(PoisonError::into_inner);
    let mut decoded = std::mem::take(list(&mut decoding));
    decoded.clear();
    let result = match bytes {
        Some(bytes) => decoding.decoder.push(bytes, &mut decoded),
        None => decoding.decoder.finish(&mut decoded),
    };
    let channels = usize::from(decoding.decoder.channels()).max(1);
    if result.as_ref().is_ok() || result.as_ref().is_err_and(|error| error.kind() == ErrorKind::BadAudio) {
        let first = if decoded.is_empty() {
            ptr::null()
        } else {
            decoded.as_ptr()
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe {
            samples.write(first);
            frames.write(decoded.len() / channels);
        }
    }
    *list(&mut decoding) = decoded;
    result
}

/// What the decoder has found out so far, in *info, which vw_decoder_info_init has filled.
///
/// VW_ERR_INVALID_ARGUMENT when decoder is no live decoder, or info is NULL or was not filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_decoder_get_info(decoder: *const vw_decoder, info: *mut vw_decoder_info) -> vw_status {
    guard(|| {
        let info = out_pointer("info", info)?;
        let decoding = handle::get(decoder)?;
        let decoding = decoding.lock().unwrap_or_else(PoisonError::into_inner);
        let (decoder, source) = (&decoding.decoder, decoding.decoder.source());
        let found = vw_decoder_info {
            sample_rate: decoder.sample_rate(),
            channels: decoder.channels().into(),
            source_format: source.map_or(0, |source| format_code(source.format)),
            source_rate: source.map_or(0, |source| source.sample_rate),
            source_channels: source.map_or(0, |source| source.channels.into()),
            seconds: decoder.seconds(),
            ..CallerStruct::init()
        };
        // SAFETY: the caller's struct.
        unsafe { write_struct(info, &found) }
    })
}

/// Frees a decoder and the samples that it has handed out.
///
/// VW_ERR_INVALID_ARGUMENT when decoder is neither NULL nor a live decoder.
#[unsafe(no_mangle)]
pub extern "C" fn vw_decoder_free(decoder: *mut vw_decoder) -> vw_status {
    guard(|| handle::remove(decoder.cast_const()).map(drop))
}

/// Begins a WAV file for what chunks, labelled as config says, decode to: samples are VW_WAV_S16 or VW_WAV_F32, of the rate
/// and with the channels that config asks for. Otherwise it is as vw_audio_file_create makes one: vw_audio_file_write takes
/// the bytes as the service sends them, and gives VW_ERR_BAD_AUDIO when they cannot be decoded; then there will be no file.
///
/// *out is the file; free it with vw_audio_file_free. VW_ERR_INVALID_ARGUMENT for a value outside its range, and when path
/// has a known ending other than .wav or .wave; VW_ERR_FILE when it cannot be made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_file_create_decoded(
    path: *const c_char,
    config: *const vw_decoder_config,
    samples: vw_wav_samples,
    out: *mut *mut vw_audio_file,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let path = unsafe { required_text("path", path)? };
        // SAFETY: the caller's struct.
        let config = unsafe { read_struct(config)? };
        let samples = wav_samples(samples)?;
        let (format, rate) = config.label()?;
        let file = AudioFile::create_decoded(path, format, rate, config.output()?, samples)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(File::new(file)))) };
        Ok(())
    })
}
