/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * voicewire: streaming speech from cloud voices, for C and C++.
 *
 * Conventions, which hold for every function unless it says otherwise:
 *
 * Status     What can fail returns a vw_status; VW_OK is 0. vw_last_error() tells this thread the details.
 *            Results come through out-parameters, which are left as they were on failure.
 * Handles    Opaque pointers from a _new, _create or similar, given back with the _free of the same name.
 *            NULL, a handle that was freed, one of another type and a pointer that never was a handle are
 *            VW_ERR_INVALID_ARGUMENT, not a crash. A handle may be freed at any time, from any thread, also
 *            inside a callback and while another thread uses it. Freeing NULL does nothing.
 * Structs    Inputs begin with struct_size and are filled by their _init function, then changed: fields can be
 *            added later without breaking callers. They are read during the call and not kept.
 * Unset      NULL for text, VW_UNSET for toggles and integers, VW_UNSET_NUMBER for numbers, VW_UNSET_SEED for
 *            seeds: different from "", 0 and false.
 * Text       NUL-terminated UTF-8. Anything else is VW_ERR_INVALID_ARGUMENT. Bytes are a pointer and a size;
 *            NULL with a size that is not 0 is VW_ERR_INVALID_ARGUMENT.
 * Threads    Every function may be called from any thread, and one handle from several threads at once. Calls
 *            that wait for the network block the calling thread.
 * Callbacks  Get the user_data given with them. What they are handed is valid until they return. They may call
 *            this library. They may not unwind: no C++ exception, no longjmp out of them.
 */

#ifndef VOICEWIRE_H
#define VOICEWIRE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
/* A number (double) that is not given. Any NaN counts as this. */
#define VW_UNSET_NUMBER ((double)NAN)
/* A seed that is not given. */
#define VW_UNSET_SEED INT64_MIN

/**
 * Not given: for toggles, and for integers of which no negative value makes sense.
 */
#define VW_UNSET -1

/**
 * A time limit without end.
 */
#define VW_NO_TIMEOUT UINT32_MAX

/**
 * What a callback returns to go on. Anything else stops the call.
 */
#define VW_CONTINUE 0

/**
 * What a callback returns to stop the call.
 */
#define VW_STOP 1

/**
 * How a call ended. The numbers never change; new ones may be added.
 */
enum vw_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It succeeded.
     */
    VW_OK = 0,
    /**
     * A parameter was refused before anything was sent; vw_error.field names it.
     */
    VW_ERR_INVALID_ARGUMENT = 1,
    /**
     * The service does not accept the key (HTTP 401 or 403).
     */
    VW_ERR_UNAUTHORIZED = 2,
    /**
     * Too many requests (RateLimit, HTTP 429). Wait, then try again.
     */
    VW_ERR_RATE_LIMITED = 3,
    /**
     * The plan's generation minutes are used up (MaxExceeded).
     */
    VW_ERR_QUOTA_EXCEEDED = 4,
    /**
     * The account has no credits left (InsufficientCredits, HTTP 402).
     */
    VW_ERR_INSUFFICIENT_CREDITS = 5,
    /**
     * The service refused the request (InvalidInput, HTTP 400 and the like).
     */
    VW_ERR_REJECTED_INPUT = 6,
    /**
     * What the request names does not exist (HTTP 404 or 410).
     */
    VW_ERR_NOT_FOUND = 7,
    /**
     * The connection could not be made, or broke.
     */
    VW_ERR_NETWORK = 8,
    /**
     * The encrypted connection could not be made: most often a certificate that is not trusted.
     */
    VW_ERR_TLS = 9,
    /**
     * A time limit ran out; vw_error.field names the setting.
     */
    VW_ERR_TIMEOUT = 10,
    /**
     * The service closed the connection, in good form, before it had finished.
     */
    VW_ERR_CLOSED = 11,
    /**
     * The service sent something that the protocol does not allow.
     */
    VW_ERR_PROTOCOL = 12,
    /**
     * The service failed (HTTP 5xx, or an error type that is not known here).
     */
    VW_ERR_SERVER = 13,
    /**
     * The caller stopped the call.
     */
    VW_ERR_CANCELLED = 14,
    /**
     * A file could not be read or written.
     */
    VW_ERR_FILE = 15,
    /**
     * A defect in this library. Please report it.
     */
    VW_ERR_INTERNAL = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vw_status vw_status;
#else
typedef int32_t vw_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A file being written from the chunks of one generation: one valid container with right lengths.
 */
typedef struct vw_audio_file vw_audio_file;

/**
 * Stops calls from outside of them: from another thread, a signal handler's thread, a user interface.
 */
typedef struct vw_cancel vw_cancel;

/**
 * A client of Deepdub: one key, one set of addresses. May be used by any number of threads at once.
 */
typedef struct vw_deepdub_client vw_deepdub_client;

/**
 * What is known about an error. No text in it ever contains a key.
 */
typedef struct vw_error {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The status that the failed call returned.
     */
    vw_status status;
    /**
     * What happened, in words; the service's own words where it gave any. Never NULL.
     */
    const char *message;
    /**
     * One line with everything below in it, for a log or a person. Never NULL.
     */
    const char *description;
    /**
     * What is concerned; NULL when nothing is. A parameter of a request as the service spells it ("targetText",
     * "problemAudioFile"), a setting of the client without its unit ("api_key", "connect_timeout"), a parameter of a
     * function ("out", "path"), or the type of a handle or struct ("vw_cancel").
     */
    const char *field;
    /**
     * The address concerned, without its query; NULL when none is.
     */
    const char *url;
    /**
     * The service's own name for the error, such as "RateLimit"; NULL when it gave none.
     */
    const char *vendor_type;
    /**
     * The generation concerned, also when its id was made here; NULL when none is.
     */
    const char *generation_id;
    /**
     * The HTTP status of the answer; 0 when there was none.
     */
    int32_t http_status;
    /**
     * Seconds that the service asked to wait before the next try; negative when it did not say.
     */
    double retry_after_seconds;
    /**
     * Chunks with audio that had been delivered before the generation failed. They stay good.
     */
    uint64_t chunks_received;
    /**
     * Bytes of audio in them.
     */
    uint64_t bytes_received;
} vw_error;

/**
 * How much is logged: everything up to this.
 */
typedef int32_t vw_log_level;

/**
 * Gets one line of the log: its level, and its text without a line break. Called on whatever thread does the work,
 * on several at once if several work.
 */
typedef void (*vw_log_fn)(vw_log_level level, const char *message, void *user_data);

/**
 * How audio is encoded. Always one channel (mono).
 */
typedef int32_t vw_format;

/**
 * One of the vendor's sites, or VW_UNSET.
 */
typedef int32_t vw_region;

/**
 * Yes, no, or VW_UNSET.
 */
typedef int32_t vw_toggle;

/**
 * The settings of a client. Fill it with vw_deepdub_config_init, then change what should differ.
 */
typedef struct vw_deepdub_config {
    /**
     * Set by vw_deepdub_config_init.
     */
    size_t struct_size;
    /**
     * The key; begins with "dd-". Default: the environment variable DEEPDUB_API_KEY.
     */
    const char *api_key;
    /**
     * Where REST calls go. Default: DEEPDUB_BASE_URL, else the region's own.
     */
    const char *rest_url;
    /**
     * Where texts are spoken. Default: DEEPDUB_BASE_WEBSOCKET_URL, else the region's own.
     */
    const char *websocket_url;
    /**
     * Which site serves the client where no address is given. Default: VW_REGION_EU when DD_EU=1, else VW_REGION_US.
     */
    vw_region region;
    /**
     * Time to open a connection: name look-up, TCP, TLS, WebSocket handshake. Default 10000 ms.
     */
    uint32_t connect_timeout_ms;
    /**
     * The wait for the first audio. Default 30000 ms.
     */
    uint32_t first_chunk_timeout_ms;
    /**
     * The wait for each further chunk; the time that the callback takes does not count. Default 15000 ms.
     */
    uint32_t between_chunks_timeout_ms;
    /**
     * Time for a whole generation, connecting included; the time that the callback takes does not count. Default
     * 300000 ms.
     */
    uint32_t total_timeout_ms;
    /**
     * Time for a whole REST call, such as one about an issue. Default 60000 ms. Each of the five is 1 or more, or
     * VW_NO_TIMEOUT.
     */
    uint32_t rest_timeout_ms;
    /**
     * Whether ws:// and http:// are allowed to other hosts than this machine, the key then being readable on the way.
     * Default VW_OFF.
     */
    vw_toggle allow_plaintext;
    /**
     * Whether the WebSocket handshake carries the key in its URL rather than in a header. URLs end up in logs.
     * Default VW_OFF.
     */
    vw_toggle key_in_query;
    /**
     * Certificates that are trusted besides the platform's, as the text of a PEM file. Default none.
     */
    const char *ca_pem;
    /**
     * The largest message or answer that is taken, in bytes; 1024 or more. Default 16 MiB. What a call holds in memory
     * is at most about three times this, and in practice a few times the largest chunk.
     */
    size_t max_message_bytes;
} vw_deepdub_config;

/**
 * One text to be spoken. Fill it with vw_deepdub_tts_request_init, then set text, voice_prompt_id and what should
 * differ. The fields follow Deepdub's WebSocket page, "Request format".
 */
typedef struct vw_deepdub_tts_request {
    /**
     * Set by vw_deepdub_tts_request_init.
     */
    size_t struct_size;
    /**
     * What to say; not empty. Required.
     */
    const char *text;
    /**
     * Who says it: the id of a voice prompt; "asset:" before it names a built-in voice. Required.
     */
    const char *voice_prompt_id;
    /**
     * Default "dd-etts-3.0".
     */
    const char *model;
    /**
     * The language, such as "fr-FR". Default "en-US".
     */
    const char *locale;
    /**
     * A UUID for the generation. Default: a new one.
     */
    const char *generation_id;
    /**
     * Default VW_FORMAT_MP3.
     */
    vw_format format;
    /**
     * 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default: the service's.
     */
    int32_t sample_rate;
    /**
     * How long the audio should last, in seconds; more than 0. Not together with tempo. Default: as it comes.
     */
    double target_duration;
    /**
     * 0.5 (slow) to 2.0 (fast). Not together with target_duration. Default: the service's.
     */
    double tempo;
    /**
     * How much the voice varies: 0.0 to 1.0. Default: the service's.
     */
    double variance;
    /**
     * How freely it is generated: 0.0 to 1.0. Default: the service's.
     */
    double temperature;
    /**
     * The same seed gives the same audio for the same request. Default: VW_UNSET_SEED.
     */
    int64_t seed;
    /**
     * More of the voice prompt's character. Default: the service's, as for the next four.
     */
    vw_toggle prompt_boost;
    /**
     * Allows longer audio.
     */
    vw_toggle super_stretch;
    /**
     * Priority for live use.
     */
    vw_toggle realtime;
    /**
     * Audio clean-up.
     */
    vw_toggle clean_audio;
    /**
     * Level adjustment.
     */
    vw_toggle auto_gain;
    /**
     * The accent's base, such as "en-US". All three accent fields, or none.
     */
    const char *accent_base_locale;
    /**
     * The accent to blend in, such as "fr-FR".
     */
    const char *accent_locale;
    /**
     * 0.0 (base only) to 1.0 (the other only).
     */
    double accent_ratio;
    /**
     * A prompt whose delivery is imitated. Default none.
     */
    const char *performance_reference_prompt_id;
    /**
     * Stops the call from outside. Default none.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_tts_request;

/**
 * What a generation came to.
 */
typedef struct vw_deepdub_tts_result {
    /**
     * Set by vw_deepdub_tts_result_init.
     */
    size_t struct_size;
    /**
     * The generation's id, a UUID, NUL-terminated: what a report about it names.
     */
    char generation_id[40];
    /**
     * Chunks with audio that were delivered.
     */
    uint64_t chunks;
    /**
     * Bytes of audio in them, as the service sent them.
     */
    uint64_t bytes;
    /**
     * Chunks that came twice and were dropped.
     */
    uint64_t duplicates;
    /**
     * How long opening the connection took, in milliseconds.
     */
    double connect_ms;
    /**
     * From the call to the first audio, connecting included, in milliseconds; negative when none came.
     */
    double first_chunk_ms;
    /**
     * The whole call, in milliseconds.
     */
    double total_ms;
} vw_deepdub_tts_result;

/**
 * A piece of a generation's audio. Everything in it is valid until the callback returns.
 */
typedef struct vw_deepdub_chunk {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The bytes as the service sent them. With VW_FORMAT_WAV each chunk is a WAV file of its own: to join them use
     * samples, or vw_audio_file.
     */
    const uint8_t *data;
    /**
     * Bytes in data. 0 only in a last chunk.
     */
    size_t size;
    /**
     * The samples in data: past its header for WAV, all of it for s16le and mulaw; NULL for mp3 and opus.
     */
    const uint8_t *samples;
    /**
     * Bytes in samples.
     */
    size_t samples_size;
    /**
     * The chunk's place in the generation; counts from 0, with no gaps.
     */
    uint64_t index;
    /**
     * The generation's id: a UUID.
     */
    const char *generation_id;
    /**
     * 1 for the last chunk, else 0. Every generation that succeeds has exactly one, perhaps with no data.
     */
    int32_t is_final;
} vw_deepdub_chunk;

/**
 * Gets the chunks of a generation, in order, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
 */
typedef int32_t (*vw_deepdub_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);

/**
 * What to report, or what to change in a report. Fill it with vw_deepdub_issue_request_init, then set what is known.
 */
typedef struct vw_deepdub_issue_request {
    /**
     * Set by vw_deepdub_issue_request_init.
     */
    size_t struct_size;
    /**
     * The generation that came out wrong. Required for a new report.
     */
    const char *generation_id;
    /**
     * The exact text that was spoken. Required for a new report.
     */
    const char *generated_text;
    /**
     * The word or phrase that came out wrong. Required for a new report.
     */
    const char *problem_word;
    /**
     * The voice that spoke. Required for a new report.
     */
    const char *voice_prompt_id;
    /**
     * Anything that helps.
     */
    const char *additional_comments;
    /**
     * The audio concerned: the bytes of an audio file, 20 MiB at most. They are encoded here.
     */
    const uint8_t *problem_audio;
    /**
     * Bytes in problem_audio.
     */
    size_t problem_audio_size;
    /**
     * Instead of problem_audio: the path of an audio file, which is read during the call.
     */
    const char *problem_audio_path;
    /**
     * Where in the audio, in seconds from its beginning; 0 or more.
     */
    double problem_seconds;
    /**
     * Stops the call from outside.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_issue_request;

/**
 * A report as the service has it. Made by this library and read only; free it with vw_deepdub_issue_free. Texts are NULL
 * where the service gave none.
 */
typedef struct vw_deepdub_issue {
    /**
     * The size of this struct in the library that made it.
     */
    size_t struct_size;
    /**
     * Names the report in later calls. Never NULL.
     */
    const char *id;
    /**
     * Such as "open", "in progress" or "resolved".
     */
    const char *state;
    /**
     * When it was filed: RFC 3339.
     */
    const char *created_at;
    /**
     * When it last changed: RFC 3339.
     */
    const char *updated_at;
    /**
     * The generation it is about.
     */
    const char *generation_id;
    /**
     * The text that was spoken.
     */
    const char *generated_text;
    /**
     * The word that came out wrong.
     */
    const char *problem_word;
    /**
     * The voice that spoke.
     */
    const char *voice_prompt_id;
    /**
     * Comments.
     */
    const char *additional_comments;
    /**
     * Where in the audio, in seconds; VW_UNSET_NUMBER (test it with isnan) where the service gave none.
     */
    double problem_seconds;
    /**
     * The whole answer as a JSON object, with the fields that are not known here. Never NULL.
     */
    const char *json;
} vw_deepdub_issue;

/**
 * No.
 */
#define VW_OFF 0

/**
 * Yes.
 */
#define VW_ON 1

/**
 * Nothing.
 */
#define VW_LOG_OFF 0

/**
 * What went wrong and is not also a status.
 */
#define VW_LOG_ERROR 1

/**
 * What may be going wrong.
 */
#define VW_LOG_WARN 2

/**
 * What a person running the program may want to know.
 */
#define VW_LOG_INFO 3

/**
 * What a developer may want to know: connections, requests, how they ended.
 */
#define VW_LOG_DEBUG 4

/**
 * MPEG audio layer III.
 */
#define VW_FORMAT_MP3 1

/**
 * RIFF/WAVE with 16-bit samples; in a stream each chunk is a WAV file of its own.
 */
#define VW_FORMAT_WAV 2

/**
 * Opus in an Ogg container; decodes to 48 kHz whatever the sample rate asked for.
 */
#define VW_FORMAT_OPUS 3

/**
 * G.711 mu-law: 8 bits a sample, no header.
 */
#define VW_FORMAT_MULAW 4

/**
 * 16-bit signed little-endian samples, no header.
 */
#define VW_FORMAT_S16LE 5

/**
 * United States.
 */
#define VW_REGION_US 0

/**
 * European Union.
 */
#define VW_REGION_EU 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The details of the last call on this thread that failed. A call that succeeds leaves them as they are, so look
 * only after a failure. Never NULL; before any failure its status is VW_OK, and so it is while the thread ends (in
 * destructors of its thread-specific data). Valid until the next call fails on this thread, or the thread ends.
 */
const struct vw_error *vw_last_error(void);

/**
 * This library's version, such as "0.1.0". Static.
 */
const char *vw_version(void);

/**
 * A status's name, such as "VW_ERR_TIMEOUT"; "unknown" for a number that is none. Static.
 */
const char *vw_status_name(int32_t status);

/**
 * What a status means, in a few words; "unknown" for a number that is none. Static.
 */
const char *vw_status_text(int32_t status);

/**
 * Sends the log to callback, up to level, in place of wherever it went. The log is off until this is called. NULL, or
 * VW_LOG_OFF, turns it off. No key is ever in it.
 *
 * What the library has to say while callback itself calls it is left out. When vw_set_log returns, the callback that was set before is not running and will not be called again.
 * VW_ERR_INVALID_ARGUMENT for a level that is none, when called from inside the log callback, and in a Rust
 * program that has a logger of its own.
 */
vw_status vw_set_log(vw_log_level level,
                     vw_log_fn callback,
                     void *user_data);

/**
 * Makes a token that can be given to any number of calls.
 *
 * *out is the token; free it with vw_cancel_free, which does not stop the calls that have it.
 * VW_ERR_INVALID_ARGUMENT when out is NULL.
 */
vw_status vw_cancel_new(struct vw_cancel **out);

/**
 * Ends every call that has this token, now and in future, with VW_ERR_CANCELLED; a call that waits for the network
 * wakes up. Does not wait for them to return.
 *
 * VW_ERR_INVALID_ARGUMENT when cancel is no live token.
 */
vw_status vw_cancel_now(struct vw_cancel *cancel);

/**
 * Frees a token. Calls that have it go on.
 *
 * VW_ERR_INVALID_ARGUMENT when cancel is neither NULL nor a live token.
 */
vw_status vw_cancel_free(struct vw_cancel *cancel);

/**
 * The format to ask for in order to write path, by its ending: .mp3; .wav; .opus, .ogg; .au, .snd, .ul, .ulaw, .mulaw
 * (mulaw); .pcm, .raw, .s16le (s16le). Upper case counts the same.
 *
 * VW_ERR_INVALID_ARGUMENT for any other ending.
 */
vw_status vw_format_for_path(const char *path, vw_format *out);

/**
 * Begins a file for chunks of format at sample_rate Hz. It is written beside path and takes its name in
 * vw_audio_file_finish; a file that has that name stays until then.
 *
 * Joined WAV chunks get one header. A path in .wav also takes s16le, one in .au or .snd mulaw: the header then states
 * sample_rate, which for WAV comes from its own first header. *out is the file; free it with vw_audio_file_free.
 * VW_ERR_INVALID_ARGUMENT when the ending of path is for another format; VW_ERR_FILE when it cannot be made, or there is
 * something else than a plain file. It has the permissions of a file that it replaces.
 */
vw_status vw_audio_file_create(const char *path,
                               vw_format format_code,
                               int32_t sample_rate,
                               struct vw_audio_file **out);

/**
 * Adds the bytes of one chunk: its data and size, as the service sent them.
 *
 * VW_ERR_FILE when they cannot be written; every further call for this file then fails in the same way, so that it is
 * enough to look at what vw_audio_file_finish says. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_write(struct vw_audio_file *file, const uint8_t *data, size_t size);

/**
 * Seconds of audio written so far, in *out. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_seconds(const struct vw_audio_file *file, double *out);

/**
 * Completes the file and gives it its name, replacing one that had it. The handle is still to be freed.
 *
 * VW_ERR_FILE when that fails; nothing is left of the file then. VW_ERR_INVALID_ARGUMENT the second time.
 */
vw_status vw_audio_file_finish(struct vw_audio_file *file);

/**
 * Frees a file. One that was not finished is removed.
 *
 * VW_ERR_INVALID_ARGUMENT when file is neither NULL nor a live file.
 */
vw_status vw_audio_file_free(struct vw_audio_file *file);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_deepdub_config_init(struct vw_deepdub_config *config);

/**
 * Makes a client. Nothing is sent, and no connection is opened, before the first call.
 *
 * config may be NULL: everything by default, the key from the environment. *out is the client; free it with
 * vw_deepdub_client_free. VW_ERR_INVALID_ARGUMENT when there is no key or it does not begin with "dd-", an address is
 * none or would send the key unencrypted, a time limit is 0, or a field has no sense; vw_error.field names it.
 */
vw_status vw_deepdub_client_new(const struct vw_deepdub_config *config, struct vw_deepdub_client **out);

/**
 * Frees a client. Calls that are using it, on whatever threads, end soon with VW_ERR_CANCELLED.
 *
 * VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
 */
vw_status vw_deepdub_client_free(struct vw_deepdub_client *client);

/**
 * Fills a request with its defaults. VW_ERR_INVALID_ARGUMENT when request is NULL.
 */
vw_status vw_deepdub_tts_request_init(struct vw_deepdub_tts_request *request);

/**
 * Prepares a place for a result. VW_ERR_INVALID_ARGUMENT when result is NULL.
 */
vw_status vw_deepdub_tts_result_init(struct vw_deepdub_tts_result *result);

/**
 * Speaks one text: on_chunk gets each chunk as it arrives. Returns when the generation has ended.
 *
 * result may be NULL. VW_ERR_INVALID_ARGUMENT before anything is sent, with the field, what it got and what it takes;
 * VW_ERR_CANCELLED when on_chunk returned anything but VW_CONTINUE before the last chunk, when the request's cancel was
 * used, or when the client was freed; every other status but VW_ERR_FILE too. What on_chunk had got before stays good,
 * and a vw_audio_file with it may be finished: vw_error.chunks_received and bytes_received say how much that was, and
 * vw_error.generation_id of which generation. result is filled on VW_OK only, which is also what stopping at the last
 * chunk comes to.
 */
vw_status vw_deepdub_stream_tts(const struct vw_deepdub_client *client,
                                const struct vw_deepdub_tts_request *request,
                                vw_deepdub_chunk_fn on_chunk,
                                void *user_data,
                                struct vw_deepdub_tts_result *result);

/**
 * Fills a request with its defaults: nothing set. VW_ERR_INVALID_ARGUMENT when request is NULL.
 */
vw_status vw_deepdub_issue_request_init(struct vw_deepdub_issue_request *request);

/**
 * Files a report. *out is the report as the service has it; its id is for the other calls.
 *
 * There is no way to tell the service that two reports are one: after VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the
 * report may have been filed all the same. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE before anything is sent; every
 * other status after, with the service's words in vw_error.message.
 */
vw_status vw_deepdub_create_issue(const struct vw_deepdub_client *client,
                                  const struct vw_deepdub_issue_request *request,
                                  struct vw_deepdub_issue **out);

/**
 * Reads a report, with its present state, into *out.
 *
 * cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted.
 */
vw_status vw_deepdub_get_issue(const struct vw_deepdub_client *client,
                               const char *id,
                               const struct vw_cancel *cancel,
                               struct vw_deepdub_issue **out);

/**
 * Changes the fields of a report that are set in changes (with none it changes nothing); the whole report as it then is goes into *out.
 *
 * Statuses as for vw_deepdub_create_issue and vw_deepdub_get_issue.
 */
vw_status vw_deepdub_update_issue(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_deepdub_issue_request *changes,
                                  struct vw_deepdub_issue **out);

/**
 * Withdraws a report: the service archives it, and reading it afterwards is VW_ERR_NOT_FOUND.
 *
 * cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted before.
 */
vw_status vw_deepdub_delete_issue(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_cancel *cancel);

/**
 * Frees a report's memory; the service keeps the report. VW_ERR_INVALID_ARGUMENT when issue is neither NULL nor live.
 */
vw_status vw_deepdub_issue_free(struct vw_deepdub_issue *issue);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VOICEWIRE_H */
