/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * voicewire: streaming speech from cloud voices, for C and C++.
 *
 * Conventions, which hold for every function unless it says otherwise:
 *
 * Status     What can fail returns a vw_status; VW_OK is 0. vw_last_error() tells this thread the details.
 *            Results come through out-parameters, which are left as they were on failure (but for what was good
 *            of broken audio, vw_decoder_push_f32, and what came of a job that failed: vw_respeecher_convert).
 * Handles    Opaque pointers from a _new, _create or similar, given back with the _free of the same name.
 *            NULL, a handle that was freed, one of another type and a pointer that never was a handle are
 *            VW_ERR_INVALID_ARGUMENT, not a crash. A handle may be freed at any time, from any thread, also
 *            inside a callback and while another thread uses it. Freeing NULL does nothing. Two kinds are not opaque,
 *            vw_deepdub_issue and vw_deepdub_outbox_reports: they are memory that the program reads itself. Nothing may
 *            read one that was freed, and its pointer is known for freed only until the next of its kind gets the same
 *            address.
 * Structs    Inputs begin with struct_size and are filled by their _init function, then changed: fields can be
 *            added later without breaking callers. They are read during the call and not kept.
 * Unset      NULL for text, VW_UNSET for toggles and integers, VW_UNSET_NUMBER for numbers, VW_UNSET_SEED for
 *            seeds: different from "", 0 and false.
 * Text       NUL-terminated UTF-8. Anything else is VW_ERR_INVALID_ARGUMENT. Bytes are a pointer and a size;
 *            NULL with a size that is not 0 is VW_ERR_INVALID_ARGUMENT.
 * Threads    Every function may be called from any thread, and one handle from several threads at once. Calls
 *            that wait for the network block the calling thread.
 * Callbacks  Get the user_data given with them. What they are handed is valid until they return. They may call
 *            this library; what waits for callbacks elsewhere does not wait inside one of a session's. Those of a call
 *            that waits, such as vw_deepdub_stream_tts, are made on its own thread, and there everything waits as ever.
 *            They may not unwind: no C++ exception, no longjmp out of them.
 * Forks      A session lives in the process that opened it. In a process that was forked from it the functions of its
 *            handles return VW_ERR_CLOSED or do nothing, and nothing is called back; free them as ever.
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
 * What a callback returns to go on. Anything that is not named here stops the call.
 */
#define VW_CONTINUE 0

/**
 * What a callback returns to stop the call.
 */
#define VW_STOP 1

/**
 * What a line's on_chunk returns to get no chunk until vw_deepdub_line_resume. What comes meanwhile is kept, up to
 * max_buffered_bytes.
 */
#define VW_PAUSE 2

/**
 * Bytes that the id of a report in an outbox needs, its NUL included.
 */
#define VW_OUTBOX_ID_SIZE 40

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
     * What the plan allows is used up: generation minutes (MaxExceeded), or voices (HTTP 403 to another one).
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
    /**
     * The audio of a generation was taken too slowly, and the room for what waits ran out; vw_error.field names the
     * setting.
     */
    VW_ERR_BUFFER_FULL = 17,
    /**
     * Audio that cannot be decoded: broken, or of a form that is not known here.
     */
    VW_ERR_BAD_AUDIO = 18,
    /**
     * The directory of reports that wait to be sent has no room for another; vw_error.field names the setting.
     */
    VW_ERR_OUTBOX_FULL = 19,
    /**
     * Something else is being done to the same thing, such as a voice's sample being regenerated. Wait, then try again.
     */
    VW_ERR_LOCKED = 20,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vw_status vw_status;
#else
typedef int32_t vw_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The bytes of a file, in memory.
 */
typedef struct vw_audio_bytes vw_audio_bytes;

/**
 * A file being written from the chunks of one generation: one valid container with right lengths.
 */
typedef struct vw_audio_file vw_audio_file;

/**
 * Stops calls from outside of them: from another thread, a signal handler's thread, a user interface.
 */
typedef struct vw_cancel vw_cancel;

/**
 * Decodes audio while it streams: mp3, Ogg Opus, WAV, Sun audio, mu-law and 16-bit samples, in pieces cut anywhere.
 */
typedef struct vw_decoder vw_decoder;

/**
 * A client of Deepdub: one key, one set of addresses. May be used by any number of threads at once.
 */
typedef struct vw_deepdub_client vw_deepdub_client;

/**
 * One generation of a session: something to cancel it by, and to look at it. May be used by any number of threads at
 * once.
 */
typedef struct vw_deepdub_line vw_deepdub_line;

/**
 * A line of a session whose chunks are asked for, one by one, on any thread, rather than called back. For loops,
 * generators and ranges. What has come and was not asked for waits, up to max_buffered_bytes.
 */
typedef struct vw_deepdub_line_stream vw_deepdub_line_stream;

/**
 * Reports in a directory, from where they are sent: now, when the network is back, or by the next process. No key is ever
 * in the directory.
 */
typedef struct vw_deepdub_outbox vw_deepdub_outbox;

/**
 * A connection that is kept open, and looks after itself; speaks any number of lines, several at once. May be used by any
 * number of threads at once.
 *
 * When the connection breaks it is made again, with growing pauses. A line that had received no audio by then is sent
 * again, with the same generation id; one that had fails with what arrived, unless it can resume. When the service asks
 * to wait (VW_ERR_RATE_LIMITED) a line waits and tries again within its limit for first audio. A line's time limits, which
 * are those of the client, run from when there is a place for it: what it waits in the queue does not count. While there is
 * no connection it counts for all lines: none waits for one longer than for first audio. To be asked for again gives a line
 * no more time for that.
 */
typedef struct vw_deepdub_session vw_deepdub_session;

/**
 * A connection into which text is streamed while it is being produced, by a language model say, and which is kept open
 * from turn to turn. May be used by any number of threads at once, and with the vw_session functions.
 *
 * Audio begins when the service has a sentence. Turns are spoken one after the other, in the order in which they were
 * begun: the text of one is sent when the one before it is over or has been cancelled. When the connection breaks it is
 * made again, with growing pauses. A turn that had received no audio by then is sent again; one that had fails with what
 * arrived. The limits total_timeout_ms and first_chunk_timeout_ms of the client run from the end of a turn's text:
 * whoever writes may take his time.
 */
typedef struct vw_deepdub_text_session vw_deepdub_text_session;

/**
 * A turn, in the hands of who writes it. May be used by any number of threads at once.
 */
typedef struct vw_deepdub_turn vw_deepdub_turn;

/**
 * A JSON value: what a service answered, or what it is to be sent.
 *
 * Places in it are named by JSON pointers (RFC 6901), such as "/list/0/name"; in names ~0 stands for ~ and ~1 for /. ""
 * is the whole, and so, for those that read, is NULL. What a pointer finds nothing at is absent, which is no failure: the
 * getters then return NULL, the fallback, VW_UNSET, 0 or VW_JSON_ABSENT. So they do for a handle that is none, or a
 * pointer that is none, but then vw_last_error tells.
 *
 * Texts that are returned are borrowed: they stay until one of the vw_json_set functions changes the handle, or it is
 * freed. Each place's text is kept once, however often it is asked for. Any number of threads may read a handle at once;
 * who changes it sees to it that nobody uses a borrowed text of it meanwhile.
 */
typedef struct vw_json vw_json;

/**
 * A client of Palabra: one account. May be used by any number of threads at once.
 */
typedef struct vw_palabra_client vw_palabra_client;

/**
 * A list that is fetched page by page, as it is asked for: it holds one page at a time, however long it is.
 */
typedef struct vw_palabra_list vw_palabra_list;

/**
 * Plays tracks, one after the other, in the order in which they were begun, without a gap between them. The sound
 * device's callback reads from it with vw_player_read, which never waits; everything else is for other threads, takes
 * effect at the next read, and does not wait for that.
 *
 * A track is what vw_player_begin begins, or a line or turn that has the player in its options. It is silent until the
 * track has its cushion. When audio does not come in time in the middle of a track, what is left fades out, and it fades
 * in when there is a cushion again: nothing is lost by that, or said twice.
 */
typedef struct vw_player vw_player;

/**
 * A client of Respeecher's marketplace: one account. May be used by any number of threads at once.
 */
typedef struct vw_respeecher_client vw_respeecher_client;

/**
 * A list that is fetched page by page, as it is asked for: it holds one page at a time, however long it is.
 */
typedef struct vw_respeecher_list vw_respeecher_list;

/**
 * One line's way into a player. May be used by any number of threads at once.
 */
typedef struct vw_track vw_track;

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
     * The HTTP status of the answer, which may be a proxy's that made no tunnel; 0 when there was none.
     */
    int32_t http_status;
    /**
     * Seconds that the service asked to wait before the next try; negative when it did not say.
     */
    double retry_after_seconds;
    /**
     * Chunks with audio that had been delivered before the generation failed. They stay good. Of a line that was cancelled
     * while chunks waited for a poll, or to be asked for: with those that were dropped.
     */
    uint64_t chunks_received;
    /**
     * Bytes of audio in them.
     */
    uint64_t bytes_received;
    /**
     * How often a REST call was tried, or the line of a session asked for, this being the last try's error; 0 for what is
     * never tried again, and when nothing was tried.
     */
    uint32_t attempts;
    /**
     * Where in the audio it is broken (VW_ERR_BAD_AUDIO): the first byte of the frame, page or header that is, counted
     * from the beginning of the stream; negative when it is not about that.
     */
    int64_t audio_byte;
    /**
     * Seconds of good audio before it; negative when it is not about that.
     */
    double audio_seconds;
    /**
     * The service's own account of the error, where it gave one as problem details (RFC 9457), as Palabra does: a URI that
     * names the kind of problem; NULL when it gave none, as in the next three.
     */
    const char *problem_type;
    /**
     * The kind of problem in a few words.
     */
    const char *problem_title;
    /**
     * What happened this time, which message begins with.
     */
    const char *problem_detail;
    /**
     * A URI that names this occurrence, for the vendor's support.
     */
    const char *problem_instance;
    /**
     * The service's number for the problem ("error_code"); INT64_MIN when it gave none.
     */
    int64_t problem_error_code;
    /**
     * The voice that stays with the service although making it failed (vw_palabra_clone); NULL when none does.
     */
    const char *voice_id;
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
 * What a place in a JSON value holds.
 */
typedef int32_t vw_json_type;

/**
 * Yes, no, or VW_UNSET.
 */
typedef int32_t vw_toggle;

/**
 * How audio is encoded. Always one channel (mono).
 */
typedef int32_t vw_format;

/**
 * What is to be decoded, and how the samples are wanted. Filled by vw_decoder_config_init.
 */
typedef struct vw_decoder_config {
    /**
     * The size of this struct, filled by vw_decoder_config_init.
     */
    size_t struct_size;
    /**
     * What the audio is labelled as; VW_FORMAT_MP3 unless changed. A WAV, Ogg, Sun audio or ID3 header in the bytes counts
     * more, and so do mp3 frames that follow each other.
     */
    vw_format format;
    /**
     * The rate in Hz of VW_FORMAT_S16LE and VW_FORMAT_MULAW, which do not state theirs: 4000 to 192000. The others do not
     * need it: VW_UNSET, which it is unless changed.
     */
    int32_t sample_rate;
    /**
     * Frames per second of the samples wanted, 4000 to 192000; VW_UNSET (which it is unless changed) for the source's own.
     */
    int32_t output_rate;
    /**
     * Channels wanted, interleaved, 1 to 8; VW_UNSET (which it is unless changed) for as many as the source has. One
     * channel is copied to all; several become one by their mean; otherwise the first ones stay, and what is missing is
     * silent.
     */
    int32_t channels;
} vw_decoder_config;

/**
 * What a decoder has found out. Filled by vw_decoder_get_info.
 */
typedef struct vw_decoder_info {
    /**
     * The size of this struct, filled by vw_decoder_info_init.
     */
    size_t struct_size;
    /**
     * Frames per second of the samples that are handed out; 0 until it is known.
     */
    uint32_t sample_rate;
    /**
     * Channels of the samples that are handed out; 0 until it is known.
     */
    uint32_t channels;
    /**
     * What the bytes turned out to be, VW_FORMAT_MULAW also for Sun audio files; 0 until it is known.
     */
    vw_format source_format;
    /**
     * Frames per second of the source, 48000 for Opus; 0 until it is known.
     */
    uint32_t source_rate;
    /**
     * Channels of the source; 0 until it is known.
     */
    uint32_t source_channels;
    /**
     * Seconds of audio decoded so far.
     */
    double seconds;
} vw_decoder_info;

/**
 * How a WAV file holds decoded samples.
 */
typedef int32_t vw_wav_samples;

/**
 * One of the vendor's sites, or VW_UNSET.
 */
typedef int32_t vw_region;

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
     * Time for a whole REST call, such as one about an issue, with all its tries. An upload of audio takes as long
     * as it moves: then this is how long nothing may. Default 60000 ms. Each of the five is 1 or more, or VW_NO_TIMEOUT.
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
    /**
     * The proxy that connections go through: "http://[user:password@]host[:port]" (port 80 where none is given), or
     * "https://…" for a proxy that speaks TLS (port 443); "" is none. Default NULL: for encrypted addresses beyond this
     * machine that of HTTPS_PROXY, else of ALL_PROXY, except for the hosts in NO_PROXY.
     */
    const char *proxy;
    /**
     * How often a REST call is tried again: reading, changing and deleting an issue after failures of the connection
     * and of the service and when it is too busy (HTTP 429); filing one only when the connection could not be made or
     * the service was too busy. All tries are within rest_timeout_ms. 0 is never. Default 3, as is VW_UNSET.
     *
     * Also how often a session sends a line or turn again whose connection broke. Connecting again, and waiting for a service
     * that is too busy, have no number, but the same waits; with 0 a session does neither by itself.
     */
    int32_t retries;
    /**
     * The longest wait before the first of them; each further one may be twice as long as the one before. A wait is
     * half of that or more, at random, or what the service asks for, if that is longer. Default 250 ms.
     */
    uint32_t retry_first_delay_ms;
    /**
     * The longest wait that the service did not ask for. Default 8000 ms.
     */
    uint32_t retry_max_delay_ms;
    /**
     * Where text is streamed in. Default: DEEPDUB_BASE_WEBSOCKET_STREAMING_URL, else the region's own.
     */
    const char *streaming_url;
    /**
     * How many of its last generations the client remembers, from their first audio on, for vw_deepdub_report; 0 is none.
     * Default 10.
     */
    size_t remember_generations;
    /**
     * How many bytes of audio of all of them together, as the service sent it. When there is more, the oldest
     * generations lose theirs first, and are then reported without a clip. Default 16 MiB: 3 minutes of s16le at 48000 Hz.
     */
    size_t remember_audio_bytes;
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
     * Stops the call, or the line, from outside. Default none.
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
     * Chunks with audio that were delivered. Of a line whose chunks wait for a poll, or to be asked for: that had come, also
     * those that a cancel has dropped since.
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
     * How long it waited for the connection, in milliseconds: next to nothing in a session that was open already.
     */
    double connect_ms;
    /**
     * From the call to the first audio, everything included, in milliseconds; negative when none came.
     */
    double first_chunk_ms;
    /**
     * From the call to its end, or until now, in milliseconds.
     */
    double total_ms;
    /**
     * How long it waited in a session's queue until there was a place for it, in milliseconds. 0 outside of sessions.
     */
    double queued_ms;
    /**
     * The longest wait for a chunk after the one before it, in milliseconds.
     */
    double longest_gap_ms;
    /**
     * How often a session sent it again: because the connection broke, or the service asked to wait.
     */
    uint64_t retries;
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
 * What speech over REST takes besides a vw_deepdub_tts_request. Fill it with vw_deepdub_post_options_init.
 */
typedef struct vw_deepdub_post_options {
    /**
     * Set by vw_deepdub_post_options_init.
     */
    size_t struct_size;
    /**
     * Audio whose voice is imitated: the bytes of an audio file, 20 MiB at most. They are encoded here. Default none.
     */
    const uint8_t *voice_reference;
    /**
     * Bytes in voice_reference.
     */
    size_t voice_reference_size;
    /**
     * Instead of voice_reference: the path of an audio file, which is read during the call.
     */
    const char *voice_reference_path;
    /**
     * Publish what is made. Default: the service's.
     */
    vw_toggle publish;
} vw_deepdub_post_options;

/**
 * A voice to be made from a sample. Fill it with vw_deepdub_voice_request_init, then set the sample and what is known. What
 * is unset is left to the service.
 */
typedef struct vw_deepdub_voice_request {
    /**
     * Set by vw_deepdub_voice_request_init.
     */
    size_t struct_size;
    /**
     * The sample: the bytes of an audio file, 20 MiB at most. They are encoded here. This or audio_path is required.
     */
    const uint8_t *audio;
    /**
     * Bytes in audio.
     */
    size_t audio_size;
    /**
     * Instead of audio: the path of an audio file, which is read during the call.
     */
    const char *audio_path;
    /**
     * What the sample is called, such as "me.wav". Required with audio; default: the name of the file at audio_path.
     */
    const char *filename;
    /**
     * Its title.
     */
    const char *title;
    /**
     * What is said in the sample.
     */
    const char *text;
    /**
     * The language of the sample, such as "en-US".
     */
    const char *locale;
    /**
     * "MALE", "FEMALE" or "NON_BINARY".
     */
    const char *gender;
    /**
     * How old the speaker is, in years; 0 or more. Default VW_UNSET.
     */
    int32_t age;
    /**
     * How it speaks, such as "Narrative".
     */
    const char *speaking_style;
    /**
     * A name of your own for the speaker.
     */
    const char *speaker_id;
    /**
     * Whether others may use it.
     */
    vw_toggle publish;
    /**
     * Stops the call from outside. Default none.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_voice_request;

/**
 * What to change in a voice. Fill it with vw_deepdub_voice_changes_init, then set what shall be different. The service takes
 * "" for unset.
 */
typedef struct vw_deepdub_voice_changes {
    /**
     * Set by vw_deepdub_voice_changes_init.
     */
    size_t struct_size;
    /**
     * Its name, as shown.
     */
    const char *name;
    /**
     * Its language, such as "en-US".
     */
    const char *locale;
    /**
     * "MALE", "FEMALE" or "NON_BINARY".
     */
    const char *gender;
    /**
     * How old the speaker is, in years; 0 or more. Default VW_UNSET.
     */
    int32_t age;
    /**
     * Stops the call from outside. Default none.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_voice_changes;

/**
 * What to tell the usage of. Fill it with vw_deepdub_usage_query_init, then set from and to.
 */
typedef struct vw_deepdub_usage_query {
    /**
     * Set by vw_deepdub_usage_query_init.
     */
    size_t struct_size;
    /**
     * The first day, such as "2026-05-01". Required.
     */
    const char *from;
    /**
     * The last day, which is counted too: on or after from, and 366 days in all at most. Required.
     */
    const char *to;
    /**
     * Of this model only. Default all.
     */
    const char *model_id;
    /**
     * Of this region only. Default all.
     */
    const char *region;
    /**
     * Stops the call from outside. Default none.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_usage_query;

/**
 * How a player plays. Fill it with vw_player_config_init, then change what should differ.
 */
typedef struct vw_player_config {
    /**
     * Set by vw_player_config_init.
     */
    size_t struct_size;
    /**
     * Frames per second that are read, 4000 to 192000; tracks are converted to it. Default 48000.
     */
    int32_t sample_rate;
    /**
     * Channels that are read, interleaved, 1 to 8. Default 1.
     */
    int32_t channels;
    /**
     * How much of a track must wait before it begins, and before it goes on after an underrun, up to 60000; a track that
     * is complete need not. Less than 10 counts as 10, as silence fades in and out. Default 100 ms.
     */
    uint32_t cushion_ms;
    /**
     * How far the cushion grows, by half each time, when an underrun comes within 10 s of playing after another; up to
     * 60000. Less than cushion_ms counts as cushion_ms. Default 2000 ms.
     */
    uint32_t max_cushion_ms;
    /**
     * How much may wait, of all tracks together; 1 to 86400000, and no less than the cushion. What is written beyond it ends its own track with
     * VW_ERR_BUFFER_FULL, after what waits. Default 600000 ms: 115 MB at 48000 Hz, mono.
     */
    uint32_t max_buffered_ms;
    /**
     * What samples are multiplied by, 0 to 8. Default 1, which leaves them as they are.
     */
    float gain;
} vw_player_config;

/**
 * What a player is doing.
 */
typedef int32_t vw_player_activity;

/**
 * How a player stands, exact to a read. Frames are those handed out by vw_player_read. They are heard later by the sound
 * device's latency, which the host knows: what is heard now of the track is track_position less that latency.
 */
typedef struct vw_player_state {
    /**
     * Set by vw_player_state_init.
     */
    size_t struct_size;
    /**
     * What it is doing.
     */
    vw_player_activity activity;
    /**
     * 1 when there is a track that is played or waited for, else 0, and so are the next four.
     */
    int32_t has_track;
    /**
     * The id that it was begun with.
     */
    uint64_t track_id;
    /**
     * Frames of it that have been played.
     */
    uint64_t track_position;
    /**
     * Frames of it that have come.
     */
    uint64_t track_frames;
    /**
     * 1 when that is all of it.
     */
    int32_t track_is_complete;
    /**
     * What samples are multiplied by, as it was set.
     */
    float gain;
    /**
     * Tracks that come after that one.
     */
    uint64_t tracks_waiting;
    /**
     * Frames that wait to be played, of all tracks.
     */
    uint64_t buffered_frames;
    /**
     * How long they last, in milliseconds.
     */
    double buffered_ms;
    /**
     * Frames played since the player was made.
     */
    uint64_t played_frames;
    /**
     * Frames of silence handed out since then: with played_frames all that was read.
     */
    uint64_t silent_frames;
    /**
     * The part of that silence that came in the middle of tracks, because nothing had come in time.
     */
    uint64_t underrun_frames;
    /**
     * How often that happened.
     */
    uint64_t underruns;
    /**
     * The cushion now, in milliseconds; it grows when underruns repeat.
     */
    double cushion_ms;
    /**
     * Ends that nobody took in time and that are lost: see vw_player_next_end.
     */
    uint64_t lost_ends;
} vw_player_state;

/**
 * How a track ended, for the ear.
 */
typedef struct vw_track_end {
    /**
     * Set by vw_track_end_init.
     */
    size_t struct_size;
    /**
     * The id that it was begun with.
     */
    uint64_t id;
    /**
     * VW_OK when it was played whole; VW_ERR_CANCELLED when it was flushed, cancelled, or freed before it was finished;
     * otherwise why there was not more of it.
     */
    vw_status status;
    /**
     * 1 when something of it was dropped before it was played, else 0.
     */
    int32_t flushed;
    /**
     * More about the status; NULL when that is VW_OK. Valid until this thread calls vw_player_next_end again, or ends.
     */
    const struct vw_error *error;
    /**
     * Frames of it that were played.
     */
    uint64_t frames_played;
    /**
     * How often nothing came in time.
     */
    uint64_t underruns;
} vw_track_end;

/**
 * What a track is, and how it is told from others. Fill it with vw_track_options_init, then change what should differ.
 */
typedef struct vw_track_options {
    /**
     * Set by vw_track_options_init.
     */
    size_t struct_size;
    /**
     * What vw_track_write gets. Default VW_FORMAT_S16LE.
     */
    vw_format format;
    /**
     * The rate of what has no header (s16le, mulaw), 4000 to 192000 Hz. Default 48000.
     */
    int32_t sample_rate;
    /**
     * What vw_player_state and vw_track_end call it; need not be unique. Default 0.
     */
    uint64_t id;
} vw_track_options;

/**
 * How a session stands with the service.
 */
typedef int32_t vw_session_state;

/**
 * Where a session calls back.
 */
typedef int32_t vw_delivery;

/**
 * A session's state has changed. Everything in it is valid until the callback returns.
 */
typedef struct vw_session_state_change {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The new state.
     */
    vw_session_state state;
    /**
     * Why the connection was lost, or could not be made; NULL when there is nothing to say.
     */
    const struct vw_error *error;
    /**
     * How long until the next try, in milliseconds. Negative when there is none; a session that is lost then tries again
     * with the next line or turn.
     */
    double retry_in_ms;
} vw_session_state_change;

/**
 * Is told of each change of a session's state, where the session calls back.
 */
typedef void (*vw_session_state_fn)(const struct vw_session_state_change *change, void *user_data);

/**
 * How a session is kept. Fill it with vw_deepdub_session_options_init, then change what should differ.
 */
typedef struct vw_deepdub_session_options {
    /**
     * Set by vw_deepdub_session_options_init.
     */
    size_t struct_size;
    /**
     * How many lines the service speaks at once; the others wait for their turn. 1 or more. Default 5, which is what the
     * vendor allows a customer.
     */
    uint32_t max_running;
    /**
     * Where it calls back. Default VW_DELIVERY_IO_THREAD.
     */
    vw_delivery delivery;
    /**
     * After so long a silence the other side is pinged, and after as long again without a sign of life the connection is
     * given up and made anew. 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
     */
    uint32_t keep_alive_ms;
    /**
     * Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
     */
    vw_session_state_fn on_state;
    /**
     * Given to on_state. Default NULL.
     */
    void *user_data;
} vw_deepdub_session_options;

/**
 * Gets the chunks of a line, in order, one at a time, where the session calls back. Returns VW_CONTINUE; VW_PAUSE; or
 * VW_STOP, which is as vw_deepdub_line_cancel.
 */
typedef int32_t (*vw_deepdub_line_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);

/**
 * How a line, or a turn, ended. Everything in it is valid until the callback returns.
 */
typedef struct vw_deepdub_line_end {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * VW_OK when it went well; VW_ERR_CANCELLED after a cancel, also by freeing the session or the client;
     * VW_ERR_BUFFER_FULL when it was taken too slowly; any status that vw_deepdub_stream_tts has.
     */
    vw_status status;
    /**
     * Why it failed; NULL when it went well.
     */
    const struct vw_error *error;
    /**
     * What it came to, also when it failed. Never NULL.
     */
    const struct vw_deepdub_tts_result *result;
} vw_deepdub_line_end;

/**
 * Gets the end of a line, where the session calls back.
 */
typedef void (*vw_deepdub_line_end_fn)(const struct vw_deepdub_line_end *end, void *user_data);

/**
 * How one line is spoken, and who gets it. Fill it with vw_deepdub_line_options_init, then set on_chunk and what should
 * differ.
 */
typedef struct vw_deepdub_line_options {
    /**
     * Set by vw_deepdub_line_options_init.
     */
    size_t struct_size;
    /**
     * Before all lines that wait for their turn, rather than after them; of several the last one is first. Default VW_OFF.
     */
    vw_toggle front;
    /**
     * When the connection breaks after some audio has come, the line is requested again, and what had been delivered is
     * skipped once it is found to be the same. Takes a seed and the format s16le or mulaw. Default VW_OFF: such a line
     * fails with what arrived.
     */
    vw_toggle resume;
    /**
     * How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
     * more. Beyond that the line ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 11 minutes of s16le at
     * 48000 Hz.
     */
    size_t max_buffered_bytes;
    /**
     * Gets the chunks. Required without a player; with one, NULL is as if it returned VW_CONTINUE.
     */
    vw_deepdub_line_chunk_fn on_chunk;
    /**
     * Gets the end: exactly once, whether the line went well, failed or was cancelled, and after the last on_chunk. When
     * it has returned user_data is the caller's again. A line that is paused gets its end after what waits, or when it
     * is cancelled. Default NULL: nobody is told.
     */
    vw_deepdub_line_end_fn on_end;
    /**
     * Given to on_chunk and on_end. Default NULL.
     */
    void *user_data;
    /**
     * Plays the line, after what has been asked for there before; in that order also with front. Its chunks go there
     * first, on the I/O thread wherever the session calls back: the sound does not depend on polls. vw_player_flush cancels
     * it when its next chunk comes, and in the queue when its turn comes, before it is asked for; vw_deepdub_line_cancel
     * silences it there, also when it has ended; audio that cannot be decoded is its failure. Default NULL: none. The player
     * may be freed at any time.
     */
    const struct vw_player *player;
    /**
     * What the player's state and ends call it. Default 0.
     */
    uint64_t track_id;
} vw_deepdub_line_options;

/**
 * How streamed text is spoken. Fill it with vw_deepdub_text_config_init, then set voice_prompt_id and what should differ.
 * The fields follow Deepdub's WebSocket streaming page, "stream-config".
 */
typedef struct vw_deepdub_text_config {
    /**
     * Set by vw_deepdub_text_config_init.
     */
    size_t struct_size;
    /**
     * Who says it: the id of a voice prompt. Required.
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
     * VW_FORMAT_S16LE, VW_FORMAT_WAV or VW_FORMAT_MULAW. Default VW_FORMAT_S16LE.
     */
    vw_format format;
    /**
     * 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default 16000, as is VW_UNSET.
     */
    int32_t sample_rate;
    /**
     * Whether emojis in the text have an effect on how it is spoken. Default VW_OFF.
     */
    vw_toggle accept_emojis;
    /**
     * The gender of who is spoken to, for languages that need it. Default: the service's.
     */
    const char *target_gender;
    /**
     * How soon the first audio of a turn is wanted, in seconds, even of an incomplete sentence; more than 0. Default: the
     * service's.
     */
    double first_audio_timeout;
    /**
     * Priority for live use. Default: the service's.
     */
    vw_toggle realtime;
} vw_deepdub_text_config;

/**
 * How a text session is kept. Fill it with vw_deepdub_text_session_options_init, then change what should differ.
 */
typedef struct vw_deepdub_text_session_options {
    /**
     * Set by vw_deepdub_text_session_options_init.
     */
    size_t struct_size;
    /**
     * Where it calls back. Default VW_DELIVERY_IO_THREAD.
     */
    vw_delivery delivery;
    /**
     * As in vw_deepdub_session_options: 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
     */
    uint32_t keep_alive_ms;
    /**
     * How many bytes of written text may wait to be sent, for each turn; 1 or more. Default 65536.
     */
    size_t max_unsent_bytes;
    /**
     * Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
     */
    vw_session_state_fn on_state;
    /**
     * Given to on_state. Default NULL.
     */
    void *user_data;
} vw_deepdub_text_session_options;

/**
 * Who gets the audio of one turn. Fill it with vw_deepdub_turn_options_init, then set on_chunk and what should differ.
 */
typedef struct vw_deepdub_turn_options {
    /**
     * Set by vw_deepdub_turn_options_init.
     */
    size_t struct_size;
    /**
     * How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
     * more. Beyond that the turn ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 34 minutes of s16le at
     * 16000 Hz.
     */
    size_t max_buffered_bytes;
    /**
     * Cancels the turn from outside, with all others that have it. Default none.
     */
    const struct vw_cancel *cancel;
    /**
     * Gets the chunks; returns VW_CONTINUE, VW_PAUSE (until vw_deepdub_turn_resume), or VW_STOP, which is as
     * vw_deepdub_turn_cancel. Required without a player; with one, NULL is as if it returned VW_CONTINUE.
     */
    vw_deepdub_line_chunk_fn on_chunk;
    /**
     * Gets the end: exactly once, whether the turn went well, failed or was cancelled, and after the last on_chunk. When
     * it has returned user_data is the caller's again. Default NULL: nobody is told.
     */
    vw_deepdub_line_end_fn on_end;
    /**
     * Given to on_chunk and on_end. Default NULL.
     */
    void *user_data;
    /**
     * Plays the turn, as in vw_deepdub_line_options. Default NULL: none.
     */
    const struct vw_player *player;
    /**
     * What the player's state and ends call it. Default 0.
     */
    uint64_t track_id;
} vw_deepdub_turn_options;

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
 * What is wrong with a generation that the client remembers. Fill it with vw_deepdub_report_options_init, then set
 * problem_word and what is known.
 */
typedef struct vw_deepdub_report_options {
    /**
     * Set by vw_deepdub_report_options_init.
     */
    size_t struct_size;
    /**
     * The word or phrase that came out wrong. Required.
     */
    const char *problem_word;
    /**
     * Where in the audio, in seconds from its beginning; 0 or more. Default VW_UNSET_NUMBER.
     */
    double problem_seconds;
    /**
     * Anything that helps. Default NULL.
     */
    const char *comments;
    /**
     * How many seconds of audio are attached, half of them before problem_seconds and half after it, at most what the
     * service takes (20 MiB, 3.6 minutes at 48000 Hz); 0 attaches nothing. Without problem_seconds the whole generation
     * is attached, unless this is 0. Default 3.
     */
    double clip_seconds;
    /**
     * Stops the call from outside. Default NULL.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_report_options;

/**
 * How much an outbox takes. Fill it with vw_deepdub_outbox_options_init, then change what should differ.
 */
typedef struct vw_deepdub_outbox_options {
    /**
     * Set by vw_deepdub_outbox_options_init.
     */
    size_t struct_size;
    /**
     * Bytes that the reports which wait and those which were rejected may have together, clips included: 1 or more.
     * 268435456 (256 MiB).
     */
    uint64_t max_bytes;
    /**
     * How many such reports there may be: 1 or more. 1000.
     */
    uint64_t max_reports;
    /**
     * How many delivered reports are remembered, with the service's id and without the clip: the latest. 1000; 0 is none.
     */
    uint64_t max_delivered;
} vw_deepdub_outbox_options;

/**
 * What a sending came to. Fill it with vw_deepdub_outbox_summary_init first.
 */
typedef struct vw_deepdub_outbox_summary {
    /**
     * Set by vw_deepdub_outbox_summary_init.
     */
    size_t struct_size;
    /**
     * Reports that the service took.
     */
    uint64_t delivered;
    /**
     * Reports that it refused, which are kept aside.
     */
    uint64_t rejected;
    /**
     * Reports that are to be sent still, those included that another thread or process is sending just now.
     */
    uint64_t waiting;
    /**
     * The last failure that left a report waiting; VW_OK when there was none.
     */
    vw_status status;
    /**
     * Seconds that the service asked to wait before the next try; negative when it did not say.
     */
    double retry_after_seconds;
} vw_deepdub_outbox_summary;

/**
 * What has become of a report that was handed to an outbox.
 */
typedef int32_t vw_outbox_state;

/**
 * A report in an outbox. Read only; valid as long as the list that it is in, or until the callback returns. Texts are NULL
 * where there is nothing to say.
 */
typedef struct vw_deepdub_outbox_report {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The outbox's id for it, a UUID; of a file that is none of the outbox's, its name. Never NULL.
     */
    const char *id;
    /**
     * What has become of it.
     */
    vw_outbox_state state;
    /**
     * How often it was sent, as far as answers or failures are known.
     */
    uint32_t attempts;
    /**
     * When it was handed to the outbox, in seconds since 1970; VW_UNSET_NUMBER when it is unreadable.
     */
    double created;
    /**
     * When the service took it, in seconds since 1970; VW_UNSET_NUMBER when it has not.
     */
    double delivered;
    /**
     * The service's id for it, once it is delivered.
     */
    const char *issue_id;
    /**
     * Why it has not been delivered; VW_OK before the first try, and when it has been.
     */
    vw_status error_status;
    /**
     * The HTTP status that came with that; 0 when none did.
     */
    int32_t error_http_status;
    /**
     * That in words; the service's own where it gave any.
     */
    const char *error_message;
    /**
     * The generation it is about. NULL, as the next two, when it is unreadable.
     */
    const char *generation_id;
    /**
     * The word that came out wrong.
     */
    const char *problem_word;
    /**
     * The voice that spoke.
     */
    const char *voice_prompt_id;
    /**
     * Bytes of audio that belong to it; 0 when there is none.
     */
    uint64_t clip_bytes;
    /**
     * Bytes of its file.
     */
    uint64_t size;
} vw_deepdub_outbox_report;

/**
 * Is told of each report that was tried, as it is after that, on the thread that made the call. Returns VW_CONTINUE or
 * VW_STOP.
 */
typedef int32_t (*vw_deepdub_outbox_report_fn)(const struct vw_deepdub_outbox_report *report, void *user_data);

/**
 * What is in an outbox. Made by this library and read only; free it with vw_deepdub_outbox_reports_free.
 */
typedef struct vw_deepdub_outbox_reports {
    /**
     * The size of this struct in the library that made it.
     */
    size_t struct_size;
    /**
     * How many reports there are.
     */
    size_t count;
    /**
     * The reports, oldest first. Never NULL, and no pointer in it is.
     */
    const struct vw_deepdub_outbox_report *const *reports;
} vw_deepdub_outbox_reports;

/**
 * How a client of Respeecher or Palabra speaks HTTP. Fill it with vw_http_config_init, then change what should differ.
 */
typedef struct vw_http_config {
    /**
     * Set by vw_http_config_init.
     */
    size_t struct_size;
    /**
     * Time to open a connection: name look-up, TCP and TLS. Default 10000 ms.
     */
    uint32_t connect_timeout_ms;
    /**
     * Time for a whole call with all its tries and the waits between them; uploads and downloads may take as long as they
     * move. Default 60000 ms.
     */
    uint32_t rest_timeout_ms;
    /**
     * How long nothing may move in an upload or a download. Default 60000 ms. Each of the three is 1 or more, or
     * VW_NO_TIMEOUT.
     */
    uint32_t idle_timeout_ms;
    /**
     * Whether http:// is allowed to other hosts than this machine, the key then being readable on the way. Default
     * VW_OFF.
     */
    vw_toggle allow_plaintext;
    /**
     * Certificates that are trusted besides the platform's, as the text of a PEM file. Default none.
     */
    const char *ca_pem;
    /**
     * The largest answer that is taken into memory, in bytes; 1024 or more. Default 16 MiB. Downloads go to disk and have no
     * limit.
     */
    size_t max_message_bytes;
    /**
     * The proxy that connections go through, as in vw_deepdub_config. Default NULL: the environment's.
     */
    const char *proxy;
    /**
     * How often a call is tried again: reading, changing and deleting after failures of the connection and of the service
     * and when it is too busy (HTTP 429); what makes something new only when the connection could not be made or the service
     * was too busy. A download goes on where it broke off. 0 is never. Default 3, as is VW_UNSET.
     */
    int32_t retries;
    /**
     * The longest wait before the first of them; each further one may be twice as long as the one before. A wait is
     * half of that or more, at random, or what the service asks for, if that is longer. Default 250 ms.
     */
    uint32_t retry_first_delay_ms;
    /**
     * The longest wait that the service did not ask for. Default 8000 ms.
     */
    uint32_t retry_max_delay_ms;
} vw_http_config;

/**
 * Where a download goes. It is written beside its destination and takes its name when it is whole: there is never half a
 * file. Fill it with vw_save_to_init, then set one of the two.
 */
typedef struct vw_save_to {
    /**
     * Set by vw_save_to_init.
     */
    size_t struct_size;
    /**
     * This file; one of that name is replaced. So is a symbolic link, and not what it leads to.
     */
    const char *file;
    /**
     * This directory, which is there, under the name that the service gives, made safe: no directories, no control
     * characters, no device's name, not hidden, 200 bytes at most. A file of that name is replaced.
     */
    const char *directory;
} vw_save_to;

/**
 * Audio to be uploaded: WAV, Ogg, MP3 or FLAC, as a file or as bytes. Fill it with vw_upload_init, then set path, or data,
 * size and name.
 */
typedef struct vw_upload {
    /**
     * Set by vw_upload_init.
     */
    size_t struct_size;
    /**
     * A file, which is sent as it is read, whatever its length.
     */
    const char *path;
    /**
     * The bytes of one, in place of a path. They are copied.
     */
    const uint8_t *data;
    /**
     * How many they are.
     */
    size_t size;
    /**
     * What they would be called, such as "take-1.wav". Required for bytes.
     */
    const char *name;
} vw_upload;

/**
 * What a client of Respeecher's marketplace is made of. Fill it with vw_respeecher_config_init, then change what should
 * differ.
 */
typedef struct vw_respeecher_config {
    /**
     * Set by vw_respeecher_config_init.
     */
    size_t struct_size;
    /**
     * The key. Default, where there is no email either: RESPEECHER_API_KEY.
     */
    const char *api_key;
    /**
     * An account's address and password, to sign in with rather than with a key: with the first call, or with
     * vw_respeecher_login. Both, or none.
     */
    const char *email;
    /**
     * The account's password.
     */
    const char *password;
    /**
     * Whether the password stays with the client, which then signs in again when a session has expired. VW_OFF: it is
     * forgotten with the first sign-in, and what comes after an expiry is VW_ERR_UNAUTHORIZED. Default VW_OFF.
     */
    vw_toggle keep_password;
    /**
     * Where the service is. Default: RESPEECHER_BASE_URL, else "https://gateway.respeecher.com".
     */
    const char *base_url;
    /**
     * How HTTP is spoken. Default NULL: as vw_http_config_init fills it.
     */
    const struct vw_http_config *http;
} vw_respeecher_config;

/**
 * One call of a service. Static.
 */
typedef struct vw_endpoint {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * What it is called here, such as "create_project".
     */
    const char *name;
    /**
     * The HTTP method, such as "POST".
     */
    const char *method;
    /**
     * The path, with its parameters in braces, such as "/api/projects/{project_id}". They must be given.
     */
    const char *path;
    /**
     * The other parameters that must be given, with commas between them; "" for none.
     */
    const char *required;
    /**
     * Those that may be given, with commas between them; "" for none. What is not named here is sent along, too.
     */
    const char *optional;
    /**
     * 1 when it uploads a file: for vw_respeecher_upload. Else 0.
     */
    int32_t uploads;
    /**
     * 1 when it answers with a file: for vw_respeecher_download. Else 0.
     */
    int32_t downloads;
    /**
     * 1 when it answers with a list, page by page: for vw_respeecher_list_open or vw_palabra_list_open. Else 0.
     */
    int32_t pages;
    /**
     * 1 when the vendor advises against it. Else 0.
     */
    int32_t deprecated;
    /**
     * 1 when doing it twice is as good as once: only then it is tried again after a failure that leaves open whether it was
     * done. Else 0.
     */
    int32_t repeatable;
} vw_endpoint;

/**
 * Is told how far an upload or a download has come, on the thread that made the call: done bytes of total, which is -1
 * when nobody said. Returns VW_CONTINUE or VW_STOP.
 */
typedef int32_t (*vw_transfer_fn)(int64_t done, int64_t total, void *user_data);

/**
 * One voice that an original is converted into. Fill it with vw_respeecher_conversion_init, then set voice_id and what
 * should differ.
 */
typedef struct vw_respeecher_conversion {
    /**
     * Set by vw_respeecher_conversion_init.
     */
    size_t struct_size;
    /**
     * The voice's "id". Required.
     */
    const char *voice_id;
    /**
     * The "id" of one of its "narration_styles". Required where the original is spoken from a text.
     */
    const char *narration_style_id;
    /**
     * The "id" of one of its "accents", for audio.
     */
    const char *accent_id;
    /**
     * By how many semitones the outcome is shifted, besides the voice's own shift. Default VW_UNSET_NUMBER.
     */
    double semitones_correction;
    /**
     * Its label, with which the file's name begins. Default: the job's.
     */
    const char *label;
} vw_respeecher_conversion;

/**
 * One original and the voices that it is converted into. Fill it with vw_respeecher_job_init, then set one of text, file,
 * data and recording_id, the conversions, directory, and what should differ.
 */
typedef struct vw_respeecher_job {
    /**
     * Set by vw_respeecher_job_init.
     */
    size_t struct_size;
    /**
     * What is converted: a text, which the service speaks first,
     */
    const char *text;
    /**
     * the text's language (ISO 639; default: it is found out),
     */
    const char *text_language;
    /**
     * or an audio file, which is uploaded first,
     */
    const char *file;
    /**
     * or the bytes of one,
     */
    const uint8_t *data;
    /**
     * so many,
     */
    size_t size;
    /**
     * and what they would be called, such as "take-1.wav",
     */
    const char *data_name;
    /**
     * or an original that is there: what a job was that did not come to its end. Conversions that were ordered for it are
     * not ordered again, unless they failed.
     */
    const char *recording_id;
    /**
     * Where the original goes: a folder that is there, such as the "/folder_id" of another job's outcome. Three
     * paragraphs in two voices are three jobs of two conversions each, the second and third in the folder of the first,
     */
    const char *folder_id;
    /**
     * or a new one in this project; else a new one in a new project.
     */
    const char *project_id;
    /**
     * What the new folder, and the new project, are called. Default "voicewire".
     */
    const char *place_name;
    /**
     * The original's label, with which the files' names begin. Default "recording". Jobs whose files go into one directory
     * need labels of their own.
     */
    const char *label;
    /**
     * Into which voices: an array of structs of one struct_size.
     */
    const struct vw_respeecher_conversion *conversions;
    /**
     * How many; 1 or more.
     */
    size_t conversion_count;
    /**
     * The calibration to use, for audio. Default: the account's.
     */
    const char *calibration_id;
    /**
     * The directory for the files, which is made if it is not there. Their names are made of the label, the voice and its
     * style or accent, such as "recording-Nora-Neutral.wav", with what no system takes left out or replaced. A name of more
     * than 200 bytes is cut before its ending. A file of such a name that is there stays, also one of this job's that differs
     * in capitals alone: the new one has the first 40 characters of its name, "-2" and the ending, and so on. What a resumed
     * job had downloaded before is not written a second time. Required.
     */
    const char *directory;
    /**
     * How the service is asked whether it is done: the first wait; each further one is longer by half. 1 ms or more.
     * Default 1000 ms.
     */
    uint32_t polling_first_ms;
    /**
     * The longest wait. 1 ms or more. Default 10000 ms.
     */
    uint32_t polling_longest_ms;
    /**
     * How long the service may take: once for the original and once for its conversions. Or VW_NO_TIMEOUT. Default
     * 1800000 ms.
     */
    uint32_t polling_limit_ms;
} vw_respeecher_job;

/**
 * What is being done in a job.
 */
typedef int32_t vw_respeecher_stage;

/**
 * How far a job has come. Everything in it is valid until the callback returns.
 */
typedef struct vw_respeecher_progress {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * What is being done.
     */
    vw_respeecher_stage stage;
    /**
     * The stage's name, such as "converting".
     */
    const char *stage_name;
    /**
     * How much of it is done: bytes in an upload, conversions in ordering, converting and downloading, else 0 and then 1.
     */
    uint64_t done;
    /**
     * How much there is to do.
     */
    uint64_t total;
    /**
     * The original, once it is there: what the job can be resumed with. Else NULL.
     */
    const char *recording_id;
    /**
     * While downloading: the bytes of the present file that have come.
     */
    uint64_t bytes;
} vw_respeecher_progress;

/**
 * Is told how far a job has come, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
 */
typedef int32_t (*vw_respeecher_progress_fn)(const struct vw_respeecher_progress *progress, void *user_data);

/**
 * What a client of Palabra is made of. Fill it with vw_palabra_config_init, then change what should differ.
 */
typedef struct vw_palabra_config {
    /**
     * Set by vw_palabra_config_init.
     */
    size_t struct_size;
    /**
     * A key. Default, where there is no client_id either: PALABRA_API_KEY.
     */
    const char *api_key;
    /**
     * A client's id and secret, in place of a key. Default, where there is no key at all: PALABRA_CLIENT_ID and
     * PALABRA_CLIENT_SECRET.
     */
    const char *client_id;
    /**
     * The secret.
     */
    const char *client_secret;
    /**
     * Where the service is. Default: PALABRA_API_URL, else "https://api.palabra.ai".
     */
    const char *base_url;
    /**
     * How HTTP is spoken. Default NULL: as vw_http_config_init fills it.
     */
    const struct vw_http_config *http;
} vw_palabra_config;

/**
 * How something that passes is waited for. Fill it with vw_palabra_waiting_init, then change what should differ.
 */
typedef struct vw_palabra_waiting {
    /**
     * Set by vw_palabra_waiting_init.
     */
    size_t struct_size;
    /**
     * The first wait; each further one is longer by half, or as long as the service asks for. 1 ms or more. Default 1000 ms.
     */
    uint32_t first_ms;
    /**
     * The longest wait that the service did not ask for. 1 ms or more. Default 10000 ms.
     */
    uint32_t longest_ms;
    /**
     * How long to wait in all, or VW_NO_TIMEOUT. Default 600000 ms.
     */
    uint32_t limit_ms;
} vw_palabra_waiting;

/**
 * A voice to be cloned. Fill it with vw_palabra_new_voice_init, then set name, recording and what should differ.
 */
typedef struct vw_palabra_new_voice {
    /**
     * Set by vw_palabra_new_voice_init.
     */
    size_t struct_size;
    /**
     * Its name. Required.
     */
    const char *name;
    /**
     * What it is. Default none.
     */
    const char *description;
    /**
     * The account's own words about it: an object. Default none.
     */
    const struct vw_json *labels;
    /**
     * The language that is spoken in the recording, such as "en-us". Default: it is left out, and the service may want
     * it.
     */
    const char *language;
    /**
     * Whether noise is to be taken out of it. Default: the service's.
     */
    vw_toggle denoise;
    /**
     * Whether its speech is to be made evenly loud. Default: the service's.
     */
    vw_toggle speech_normalization;
    /**
     * The recording, a file: WAV, MP3, M4A, FLAC, WebM or MP4, by its ending. It is sent as it is read. Required.
     */
    const char *recording;
    /**
     * What else the service is to know, by its own names: an object. Default none.
     */
    const struct vw_json *extra;
    /**
     * How the making is waited for. Default NULL: as vw_palabra_waiting_init fills it.
     */
    const struct vw_palabra_waiting *waiting;
} vw_palabra_new_voice;

/**
 * What is being done while a voice is cloned.
 */
typedef int32_t vw_palabra_clone_stage;

/**
 * How far a clone has come. Everything in it is valid until the callback returns.
 */
typedef struct vw_palabra_clone_progress {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * What is being done.
     */
    vw_palabra_clone_stage stage;
    /**
     * Bytes in an upload, else 0 and then 1.
     */
    uint64_t done;
    /**
     * How much there is to do.
     */
    uint64_t total;
    /**
     * The voice: the call "get_voice" says what became of it after a clone that ended before its time.
     */
    const char *voice_id;
} vw_palabra_clone_progress;

/**
 * Is told how far a clone has come, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
 */
typedef int32_t (*vw_palabra_clone_progress_fn)(const struct vw_palabra_clone_progress *progress, void *user_data);

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
 * Nothing: there is no such place.
 */
#define VW_JSON_ABSENT 0

/**
 * null.
 */
#define VW_JSON_NULL 1

/**
 * true or false.
 */
#define VW_JSON_BOOL 2

/**
 * A number.
 */
#define VW_JSON_NUMBER 3

/**
 * A text.
 */
#define VW_JSON_TEXT 4

/**
 * An array.
 */
#define VW_JSON_ARRAY 5

/**
 * An object.
 */
#define VW_JSON_OBJECT 6

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
 * 16-bit integers, which everything can play.
 */
#define VW_WAV_S16 1

/**
 * 32-bit floating point: nothing is rounded or clamped.
 */
#define VW_WAV_F32 2

/**
 * United States.
 */
#define VW_REGION_US 0

/**
 * European Union.
 */
#define VW_REGION_EU 1

/**
 * There is no track to play.
 */
#define VW_PLAYER_IDLE 0

/**
 * It is silent until the next track, or this one after an underrun, has its cushion.
 */
#define VW_PLAYER_FILLING 1

/**
 * Sound comes out of it.
 */
#define VW_PLAYER_PLAYING 2

/**
 * It has been paused.
 */
#define VW_PLAYER_PAUSED 3

/**
 * On the I/O thread of its client, the moment that something comes. All sessions of a client share that thread: a
 * callback that takes long holds up every one of them, so hand the audio on, or return VW_PAUSE.
 */
#define VW_DELIVERY_IO_THREAD 0

/**
 * Only inside vw_session_poll, on the thread that calls it, and inside the function that frees the session.
 */
#define VW_DELIVERY_POLL 1

/**
 * A connection is being opened.
 */
#define VW_SESSION_CONNECTING 0

/**
 * The connection is open.
 */
#define VW_SESSION_READY 1

/**
 * There is no connection.
 */
#define VW_SESSION_LOST 2

/**
 * The session has been freed, or its client. Nothing comes after it.
 */
#define VW_SESSION_CLOSED 3

/**
 * It is to be sent.
 */
#define VW_OUTBOX_WAITING 0

/**
 * The service refused it, or its clip has been damaged. It is kept until it is retried or dropped.
 */
#define VW_OUTBOX_REJECTED 1

/**
 * The service has it.
 */
#define VW_OUTBOX_DELIVERED 2

/**
 * The file cannot be understood: it was damaged, is of a newer version, or is none of the outbox's. It is left alone until
 * it is dropped.
 */
#define VW_OUTBOX_UNREADABLE 3

/**
 * The project and the folder are made, or the original is looked up.
 */
#define VW_RESPEECHER_PREPARING 0

/**
 * Audio is uploaded: bytes.
 */
#define VW_RESPEECHER_UPLOADING 1

/**
 * The service speaks the text, or looks at the audio.
 */
#define VW_RESPEECHER_PROCESSING 2

/**
 * The conversions are ordered.
 */
#define VW_RESPEECHER_ORDERING 3

/**
 * The service converts: conversions.
 */
#define VW_RESPEECHER_CONVERTING 4

/**
 * The files are downloaded: conversions.
 */
#define VW_RESPEECHER_DOWNLOADING 5

/**
 * The recording is uploaded: bytes.
 */
#define VW_PALABRA_CLONE_UPLOADING 0

/**
 * The service makes the voice.
 */
#define VW_PALABRA_CLONE_PROCESSING 1

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
 * Makes an empty object, to be filled with the vw_json_set functions. vw_json_parse of "[]" makes an array to begin with.
 *
 * *out is the object; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT when out is NULL.
 */
vw_status vw_json_new(struct vw_json **out);

/**
 * Reads the size bytes at text, which need no NUL, as one JSON value.
 *
 * *out is the value; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "text" when they are no JSON, more
 * than 16 MiB, or have more than 127 arrays and objects in one another. Of members of the same name the last counts.
 */
vw_status vw_json_parse(const char *text,
                        size_t size,
                        struct vw_json **out);

/**
 * Frees a value and the texts borrowed of it. VW_ERR_INVALID_ARGUMENT when json is neither NULL nor a live value.
 */
vw_status vw_json_free(struct vw_json *json);

/**
 * What is at a place: one of the VW_JSON constants.
 */
vw_json_type vw_json_type_of(const struct vw_json *json, const char *pointer);

/**
 * The text at a place, borrowed; NULL when there is none. A NUL in it, which C could not hold, is U+FFFD.
 */
const char *vw_json_str(const struct vw_json *json, const char *pointer);

/**
 * The whole number at a place, 3.0 being 3; fallback when there is none, or none that an int64_t can hold.
 */
int64_t vw_json_int(const struct vw_json *json, const char *pointer, int64_t fallback);

/**
 * The number at a place; fallback when there is none.
 */
double vw_json_number(const struct vw_json *json, const char *pointer, double fallback);

/**
 * VW_ON for true and VW_OFF for false at a place; VW_UNSET when there is neither.
 */
vw_toggle vw_json_bool(const struct vw_json *json, const char *pointer);

/**
 * How many elements the array or members the object at a place has; 0 for everything else.
 */
size_t vw_json_size(const struct vw_json *json, const char *pointer);

/**
 * The name of member index (from 0) of the object at a place, borrowed; NULL when there is none. Members are in an order
 * that stays as it is until the handle is changed. In a pointer ~ and / of a name are to be written as ~0 and ~1.
 */
const char *vw_json_key(const struct vw_json *json,
                        const char *pointer,
                        size_t index);

/**
 * Copies what is at a place into a handle of its own. With NULL for pointer it copies the whole.
 *
 * *out is the copy; free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "pointer" when nothing is there.
 */
vw_status vw_json_get(const struct vw_json *json, const char *pointer, struct vw_json **out);

/**
 * What is at a place as JSON, with no spaces, into *text: borrowed.
 *
 * VW_ERR_INVALID_ARGUMENT with the field "pointer" when nothing is there.
 */
vw_status vw_json_text(const struct vw_json *json, const char *pointer, const char **text);

/**
 * Puts a text at a place of json, where something else may have been.
 *
 * What is missing, or null, on the way is made: an array where the next step is "-" or "0", else an object. "-", or an
 * index that is an array's size, adds an element to it. On failure json stays as it was. VW_ERR_INVALID_ARGUMENT with the
 * field "pointer" when it is NULL ("" is the whole) or none, leads through a text, a number or a bool, names an index
 * beyond an array's end, or would put more than 127 arrays and objects in one another; with "value" when that is NULL or
 * not UTF-8. All vw_json_set functions do it so.
 */
vw_status vw_json_set_str(struct vw_json *json,
                          const char *pointer,
                          const char *value);

/**
 * Puts a whole number at a place of json, as vw_json_set_str puts a text.
 */
vw_status vw_json_set_int(struct vw_json *json, const char *pointer, int64_t value);

/**
 * Puts a number at a place of json, as vw_json_set_str puts a text. VW_ERR_INVALID_ARGUMENT with the field "value" for a
 * NaN and the infinities, which JSON does not have.
 */
vw_status vw_json_set_number(struct vw_json *json,
                             const char *pointer,
                             double value);

/**
 * Puts true (VW_ON) or false (VW_OFF) at a place of json, as vw_json_set_str puts a text. VW_ERR_INVALID_ARGUMENT with the
 * field "value" for anything else.
 */
vw_status vw_json_set_bool(struct vw_json *json,
                           const char *pointer,
                           vw_toggle value);

/**
 * Puts null at a place of json, as vw_json_set_str puts a text.
 */
vw_status vw_json_set_null(struct vw_json *json, const char *pointer);

/**
 * Puts a copy of value, which may be json itself, at a place of json, as vw_json_set_str puts a text.
 * VW_ERR_INVALID_ARGUMENT when value is no live vw_json.
 */
vw_status vw_json_set_json(struct vw_json *json, const char *pointer, const struct vw_json *value);

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
 * VW_ERR_INVALID_ARGUMENT when the ending of path is for another format; VW_ERR_FILE when it cannot be made, the name is
 * none that the system takes for a file, or there is something else than a plain file. It has the permissions of a file that
 * it replaces. A symbolic link is replaced, too, and what it leads to stays as it is.
 */
vw_status vw_audio_file_create(const char *path,
                               vw_format format_code,
                               int32_t sample_rate,
                               struct vw_audio_file **out);

/**
 * Adds the bytes of one chunk: its data and size, as the service sent them. They may be cut anywhere.
 *
 * VW_ERR_FILE when they cannot be written; VW_ERR_BAD_AUDIO when what is to be WAV does not begin with a header, or one
 * cannot be read or states other samples than the first, and when what is to be decoded cannot be. Every further call for
 * this file then fails in the same way, so that it is enough to look at what vw_audio_file_finish says.
 * VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_write(struct vw_audio_file *file,
                              const uint8_t *data,
                              size_t size);

/**
 * Seconds of audio written so far, in *out. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_seconds(const struct vw_audio_file *file, double *out);

/**
 * Completes the file and gives it its name, replacing one that had it. The handle is still to be freed. Waits until the
 * system has it on its disk: nothing for a callback on the I/O thread, nor for a frame of a game.
 *
 * VW_ERR_FILE when that fails; VW_ERR_BAD_AUDIO when WAV ended before its first header did; or what vw_audio_file_write has
 * failed with. Nothing is left of the file then. One into which nothing was written is a file without sound.
 * VW_ERR_INVALID_ARGUMENT the second time.
 */
vw_status vw_audio_file_finish(struct vw_audio_file *file);

/**
 * Frees a file. One that was not finished is removed.
 *
 * VW_ERR_INVALID_ARGUMENT when file is neither NULL nor a live file.
 */
vw_status vw_audio_file_free(struct vw_audio_file *file);

/**
 * Fills *config with the defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_decoder_config_init(struct vw_decoder_config *config);

/**
 * Fills *info with zeros and its size. VW_ERR_INVALID_ARGUMENT when info is NULL.
 */
vw_status vw_decoder_info_init(struct vw_decoder_info *info);

/**
 * Makes a decoder. *out is the decoder; free it with vw_decoder_free.
 *
 * What the bytes are is recognised from themselves where they say it. Delay and padding of mp3 and Opus are cut off where
 * they are stated, also of streams that are joined. A stream that breaks off, in the middle of a frame or of a header, is
 * not broken: it ends with its last whole frame. Memory does not grow with the stream.
 *
 * VW_ERR_INVALID_ARGUMENT for a value outside its range; vw_error.field names it.
 */
vw_status vw_decoder_new(const struct vw_decoder_config *config,
                         struct vw_decoder **out);

/**
 * Takes the next size bytes at data, and hands out what can be decoded now: *samples are *frames times as many samples as
 * there are channels, interleaved, full scale being -1 to 1 (not clamped: encoded audio may go a little beyond). They belong
 * to the decoder and are valid until the next call for it; NULL when there are none. Not for two threads at once, since
 * each takes the other's samples away.
 *
 * VW_ERR_BAD_AUDIO when the audio is broken or of a form that is not known; vw_error.audio_byte says where, and, unlike
 * elsewhere, *samples and *frames are set: what was good before it. Every later call fails in the same way.
 * VW_ERR_INVALID_ARGUMENT after vw_decoder_finish_f32 or vw_decoder_finish_s16.
 */
vw_status vw_decoder_push_f32(struct vw_decoder *decoder,
                              const uint8_t *data,
                              size_t size,
                              const float **samples,
                              size_t *frames);

/**
 * vw_decoder_push_f32 with 16-bit samples, rounded and clamped.
 */
vw_status vw_decoder_push_s16(struct vw_decoder *decoder,
                              const uint8_t *data,
                              size_t size,
                              const int16_t **samples,
                              size_t *frames);

/**
 * No more comes: hands out what was still inside, as vw_decoder_push_f32 does. The second time there is nothing.
 */
vw_status vw_decoder_finish_f32(struct vw_decoder *decoder, const float **samples, size_t *frames);

/**
 * vw_decoder_finish_f32 with 16-bit samples, rounded and clamped.
 */
vw_status vw_decoder_finish_s16(struct vw_decoder *decoder, const int16_t **samples, size_t *frames);

/**
 * What the decoder has found out so far, in *info, which vw_decoder_info_init has filled.
 *
 * VW_ERR_INVALID_ARGUMENT when decoder is no live decoder, or info is NULL or was not filled.
 */
vw_status vw_decoder_get_info(const struct vw_decoder *decoder, struct vw_decoder_info *info);

/**
 * Frees a decoder and the samples that it has handed out.
 *
 * VW_ERR_INVALID_ARGUMENT when decoder is neither NULL nor a live decoder.
 */
vw_status vw_decoder_free(struct vw_decoder *decoder);

/**
 * Begins a WAV file for what chunks, labelled as config says, decode to: samples are VW_WAV_S16 or VW_WAV_F32, of the rate
 * and with the channels that config asks for. Otherwise it is as vw_audio_file_create makes one: vw_audio_file_write takes
 * the bytes as the service sends them, and gives VW_ERR_BAD_AUDIO when they cannot be decoded; then there will be no file.
 *
 * *out is the file; free it with vw_audio_file_free. VW_ERR_INVALID_ARGUMENT for a value outside its range, and when path
 * has a known ending other than .wav or .wave; VW_ERR_FILE when it cannot be made.
 */
vw_status vw_audio_file_create_decoded(const char *path,
                                       const struct vw_decoder_config *config,
                                       vw_wav_samples samples,
                                       struct vw_audio_file **out);

/**
 * Makes one file that plays of the size bytes at data, which are the chunks of one generation as the service sent them, one
 * after the other: WAV chunks under one header, VW_FORMAT_S16LE under a WAV header and VW_FORMAT_MULAW under a Sun audio
 * header that state sample_rate in Hz, the others as they are.
 *
 * *out are the bytes; free them with vw_audio_bytes_free. VW_ERR_BAD_AUDIO when WAV does not begin with a header, or one
 * cannot be read or states other samples than the first. VW_ERR_INVALID_ARGUMENT for a sample_rate that is not more than 0.
 */
vw_status vw_audio_bytes_as_sent(vw_format format_code,
                                 int32_t sample_rate,
                                 const uint8_t *data,
                                 size_t size,
                                 struct vw_audio_bytes **out);

/**
 * Makes a WAV file of what the size bytes at data, labelled as config says, decode to: samples are VW_WAV_S16 or
 * VW_WAV_F32, of the rate and with the channels that config asks for.
 *
 * *out are the bytes; free them with vw_audio_bytes_free. VW_ERR_BAD_AUDIO when they cannot be decoded: what was good a
 * vw_decoder hands out; also for WAV that ends before its samples begin, which only a stream may.
 * VW_ERR_INVALID_ARGUMENT for a value outside its range.
 */
vw_status vw_audio_bytes_decoded(const struct vw_decoder_config *config,
                                 vw_wav_samples samples,
                                 const uint8_t *data,
                                 size_t size,
                                 struct vw_audio_bytes **out);

/**
 * Where the bytes are, in *data, and how many, in *size: valid until vw_audio_bytes_free.
 *
 * VW_ERR_INVALID_ARGUMENT when bytes are no live ones, or data or size is NULL.
 */
vw_status vw_audio_bytes_get(const struct vw_audio_bytes *bytes, const uint8_t **data, size_t *size);

/**
 * Frees the bytes of a file.
 *
 * VW_ERR_INVALID_ARGUMENT when bytes are neither NULL nor live ones.
 */
vw_status vw_audio_bytes_free(struct vw_audio_bytes *bytes);

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
 * Its sessions are closed, as vw_deepdub_session_free says; their handles are still to be freed. It waits for a callback
 * that its I/O thread is just running, unless it is called from inside a callback of a session.
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
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_post_options_init(struct vw_deepdub_post_options *options);

/**
 * Speaks one text over REST, as vw_deepdub_stream_tts does over a WebSocket: on_chunk gets the audio as it arrives, 16 KiB
 * at most at once, and an empty last chunk. For networks that let no WebSocket through, and for what options adds. The
 * request's format is VW_FORMAT_MP3, VW_FORMAT_OPUS or VW_FORMAT_MULAW.
 *
 * options and result may be NULL. Statuses as for vw_deepdub_stream_tts; VW_ERR_FILE too, before anything is sent. A
 * connection that could not be made and a service that is too busy (HTTP 429) are tried again as the client's retries say,
 * within its total timeout; vw_deepdub_tts_result.retries counts that.
 */
vw_status vw_deepdub_post_tts(const struct vw_deepdub_client *client,
                              const struct vw_deepdub_tts_request *request,
                              const struct vw_deepdub_post_options *options,
                              vw_deepdub_chunk_fn on_chunk,
                              void *user_data,
                              struct vw_deepdub_tts_result *result);

/**
 * Has one text spoken into a file, in any format: *out is {"url": the address that it can be fetched from}. Returns when
 * the file is there; the client's REST timeout is for all of it.
 *
 * Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; every other status but VW_ERR_FILE after.
 * After VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the text may have been spoken all the same.
 */
vw_status vw_deepdub_tts_retroactive(const struct vw_deepdub_client *client,
                                     const struct vw_deepdub_tts_request *request,
                                     struct vw_json **out);

/**
 * Fills a request with its defaults. VW_ERR_INVALID_ARGUMENT when request is NULL.
 */
vw_status vw_deepdub_voice_request_init(struct vw_deepdub_voice_request *request);

/**
 * Fills changes with nothing to change. VW_ERR_INVALID_ARGUMENT when changes is NULL.
 */
vw_status vw_deepdub_voice_changes_init(struct vw_deepdub_voice_changes *changes);

/**
 * The account's voices: *out is an array of objects with id, title, name, locale, text, createdAt, speakerId, gender and
 * speakingStyle, as far as the service tells.
 *
 * limit is how many at most, 1 or more; VW_UNSET leaves that to the service, which gives 100. cancel may be NULL. Free *out
 * with vw_json_free.
 */
vw_status vw_deepdub_list_voices(const struct vw_deepdub_client *client,
                                 int32_t limit,
                                 const struct vw_cancel *cancel,
                                 struct vw_json **out);

/**
 * One voice into *out, an object as in vw_deepdub_list_voices.
 *
 * cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND when the account has none of that id.
 */
vw_status vw_deepdub_get_voice(const struct vw_deepdub_client *client,
                               const char *id,
                               const struct vw_cancel *cancel,
                               struct vw_json **out);

/**
 * Makes a voice from a sample: *out is {"voice_prompt_id": its id}, for requests and the other calls. The upload takes as
 * long as it moves; the client's REST timeout is how long nothing may.
 *
 * Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE before anything is sent; VW_ERR_QUOTA_EXCEEDED when
 * the account may have no more voices. After VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the voice may have been made
 * all the same.
 */
vw_status vw_deepdub_upload_voice(const struct vw_deepdub_client *client,
                                  const struct vw_deepdub_voice_request *request,
                                  struct vw_json **out);

/**
 * Changes the fields of a voice that are set in changes; the whole voice as it then is goes into *out.
 *
 * Free *out with vw_json_free. VW_ERR_NOT_FOUND when the account has none of that id.
 */
vw_status vw_deepdub_update_voice(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_deepdub_voice_changes *changes,
                                  struct vw_json **out);

/**
 * Deletes a voice for good.
 *
 * cancel may be NULL. VW_ERR_NOT_FOUND when the account has none of that id.
 */
vw_status vw_deepdub_delete_voice(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_cancel *cancel);

/**
 * Classifies the speaker in the size bytes of an audio file at audio, 20 MiB at most: *out is an object with
 * predicted_gender ("female" or "male"), confidence (0.0 to 1.0), and, as far as the service tells, prediction (an object
 * with female and male, 0.0 to 1.0), duration_seconds and processing_time_ms. Bare samples are no file: they need a header
 * first, as vw_audio_bytes_as_sent makes one.
 *
 * cancel may be NULL. Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; VW_ERR_REJECTED_INPUT
 * when the service cannot decode it; every other status but VW_ERR_FILE.
 */
vw_status vw_deepdub_classify_gender(const struct vw_deepdub_client *client,
                                     const uint8_t *audio,
                                     size_t size,
                                     const struct vw_cancel *cancel,
                                     struct vw_json **out);

/**
 * vw_deepdub_classify_gender of the audio at an address, which the service fetches: "http://", "https://" or "s3://".
 */
vw_status vw_deepdub_classify_gender_at(const struct vw_deepdub_client *client,
                                        const char *url,
                                        const struct vw_cancel *cancel,
                                        struct vw_json **out);

/**
 * vw_deepdub_classify_gender of the audio file at path, which is read while it is sent, of any length. VW_ERR_FILE too.
 */
vw_status vw_deepdub_classify_gender_upload(const struct vw_deepdub_client *client,
                                            const char *path,
                                            const struct vw_cancel *cancel,
                                            struct vw_json **out);

/**
 * vw_deepdub_classify_gender of the first second of audio, over the WebSocket: that second alone is sent, decoded here.
 * Takes WAV, mp3, and Opus in Ogg, of any length; VW_ERR_BAD_AUDIO for anything else, before anything is sent.
 */
vw_status vw_deepdub_classify_gender_live(const struct vw_deepdub_client *client,
                                          const uint8_t *audio,
                                          size_t size,
                                          const struct vw_cancel *cancel,
                                          struct vw_json **out);

/**
 * Fills a query with its defaults. VW_ERR_INVALID_ARGUMENT when query is NULL.
 */
vw_status vw_deepdub_usage_query_init(struct vw_deepdub_usage_query *query);

/**
 * Usage by day, model and region: *out is an object with customerId, from, to, and items, an array of objects with date,
 * customerId, modelId, region, usageSecondsTimesSize, concurrencyHours and averageSize.
 *
 * Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; every other status but VW_ERR_FILE after.
 * After VW_ERR_SERVER with status 504 a smaller range may do.
 */
vw_status vw_deepdub_usage(const struct vw_deepdub_client *client,
                           const struct vw_deepdub_usage_query *query,
                           struct vw_json **out);

/**
 * Usage by model and region, over the whole range: as vw_deepdub_usage, with items of modelId, region,
 * totalUsageSecondsTimesSize, totalConcurrencyHours, averageInstancesOverRange and daysWithUsage.
 */
vw_status vw_deepdub_usage_by_model(const struct vw_deepdub_client *client,
                                    const struct vw_deepdub_usage_query *query,
                                    struct vw_json **out);

/**
 * The capacity of a model, such as "dd-etts-3.0": *out is an object with concurrent_connections (that there are) and
 * desired_concurrent_connections (that there should be).
 *
 * cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND for a model that is none.
 */
vw_status vw_deepdub_get_capacity(const struct vw_deepdub_client *client,
                                  const char *model_id,
                                  const struct vw_cancel *cancel,
                                  struct vw_json **out);

/**
 * Sets how many connections there should be for a model: size, 0 or more. *out is as of vw_deepdub_get_capacity.
 *
 * cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND for a model that is none; VW_ERR_REJECTED_INPUT for a
 * size that the service does not take.
 */
vw_status vw_deepdub_set_capacity(const struct vw_deepdub_client *client,
                                  const char *model_id,
                                  int32_t size,
                                  const struct vw_cancel *cancel,
                                  struct vw_json **out);

/**
 * The capacities of count models, 1 to 1000: *out is an array of objects as of vw_deepdub_get_capacity, each with its
 * model_id.
 *
 * model_ids points to count texts, none of them NULL. cancel may be NULL. Free *out with vw_json_free.
 * VW_ERR_REJECTED_INPUT when one of them is no model.
 */
vw_status vw_deepdub_get_capacities(const struct vw_deepdub_client *client,
                                    const char *const *model_ids,
                                    size_t count,
                                    const struct vw_cancel *cancel,
                                    struct vw_json **out);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_player_config_init(struct vw_player_config *config);

/**
 * Prepares a struct for vw_player_get_state. VW_ERR_INVALID_ARGUMENT when state is NULL.
 */
vw_status vw_player_state_init(struct vw_player_state *state);

/**
 * Prepares a struct for vw_player_next_end. VW_ERR_INVALID_ARGUMENT when end is NULL.
 */
vw_status vw_track_end_init(struct vw_track_end *end);

/**
 * Makes a player. config may be NULL: everything by default. *out is the player; free it with vw_player_free.
 *
 * VW_ERR_INVALID_ARGUMENT for a configuration outside its ranges; VW_ERR_INTERNAL when about a million players live.
 */
vw_status vw_player_new(const struct vw_player_config *config, struct vw_player **out);

/**
 * Frees a player. A vw_player_read that is just running on another thread is waited for; every later one is silent. What
 * waits is dropped: writes to its tracks fail with VW_ERR_CLOSED, and lines that play on it are cancelled when their next
 * chunk comes. The handles of tracks are still to be freed.
 *
 * VW_ERR_INVALID_ARGUMENT when player is neither NULL nor a live player.
 */
vw_status vw_player_free(struct vw_player *player);

/**
 * For the sound device's callback: fills out, all of it, with frames * channels samples, interleaved, and with silence
 * where there is nothing to be heard. Wait-free: it takes no lock, allocates and frees nothing, and makes no system call,
 * whatever other threads are doing. One thread at a time.
 *
 * VW_ERR_INVALID_ARGUMENT when another thread is reading from it, or player is no live player: then out is filled with
 * silence, too, as for one channel where player is not known to have been one. Also when out is NULL or not aligned, or
 * frames * channels samples are more than memory can have; then nothing is written. It never sets vw_last_error.
 */
vw_status vw_player_read(struct vw_player *player,
                         float *out,
                         size_t frames);

/**
 * Fades out within the next read, and is silent until vw_player_resume. Nothing is lost, and tracks can be written as
 * ever. Does nothing to a player that is paused.
 */
vw_status vw_player_pause(const struct vw_player *player);

/**
 * Goes on where it was paused, fading in. Does nothing to a player that is not paused.
 */
vw_status vw_player_resume(const struct vw_player *player);

/**
 * Silences all tracks that have been begun, from the next read on: barge-in. What waits is dropped; what is still written
 * to them is refused with VW_ERR_CANCELLED, which also cancels the lines that play here. Tracks begun afterwards play as
 * ever. A paused player stays paused.
 */
vw_status vw_player_flush(const struct vw_player *player);

/**
 * Sets what samples are multiplied by, 0 to 8; it moves there within 5 ms. VW_ERR_INVALID_ARGUMENT for any other number.
 */
vw_status vw_player_set_gain(const struct vw_player *player,
                             float gain);

/**
 * Sets the cushion, 0 to max_cushion_ms, however far it has grown; from the next time on that it is waited for.
 * VW_ERR_INVALID_ARGUMENT for more than that.
 */
vw_status vw_player_set_cushion(const struct vw_player *player, uint32_t cushion_ms);

/**
 * How a player stands, in *state, which vw_player_state_init has prepared.
 */
vw_status vw_player_get_state(const struct vw_player *player, struct vw_player_state *state);

/**
 * The next track that is over for the ear: its last frame has been handed to a read, or it was silenced and a read has come
 * since. Each track exactly once, in the order in which they were begun. Of ends that nobody takes the last 1024 are kept;
 * how many are lost vw_player_get_state says.
 *
 * *out is 1, and *end filled, which vw_track_end_init has prepared; or 0, and *end as it was, when there is none now.
 */
vw_status vw_player_next_end(const struct vw_player *player,
                             struct vw_track_end *end,
                             int32_t *out);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_track_options_init(struct vw_track_options *options);

/**
 * Begins a track, to be played when all that were begun before are over. It keeps them waiting until it is finished,
 * failed, cancelled or freed, whether or not anything comes.
 *
 * options may be NULL: everything by default. *out is the track; free it with vw_track_free.
 * VW_ERR_INVALID_ARGUMENT for options outside their ranges; VW_ERR_BUFFER_FULL when 65536 tracks wait.
 */
vw_status vw_player_begin(const struct vw_player *player,
                          const struct vw_track_options *options,
                          struct vw_track **out);

/**
 * Decodes the next piece of a track, cut anywhere, and adds it. Does not wait.
 *
 * VW_ERR_BAD_AUDIO for what cannot be decoded, VW_ERR_BUFFER_FULL when more than max_buffered_ms would wait: then the
 * track ends with that error, after what is good. VW_ERR_CANCELLED when it was flushed or cancelled; VW_ERR_CLOSED when it
 * has been finished or the player has been freed; any other status is what it has failed with.
 */
vw_status vw_track_write(const struct vw_track *track,
                         const uint8_t *data,
                         size_t size);

/**
 * Adds samples at the player's rate, interleaved for its channels: frames * channels of them. What is no finite number
 * becomes silence. NULL with 0 frames adds nothing. Fails as vw_track_write does.
 */
vw_status vw_track_write_samples(const struct vw_track *track, const float *samples, size_t frames);

/**
 * Ends a track well: all of it has been written. Does nothing when it has ended already. Fails as vw_track_write does, for
 * what was still to be decoded.
 */
vw_status vw_track_finish(const struct vw_track *track);

/**
 * Ends a track with a status that its end tells, such as that of the call that should have written it: what was good is
 * played. VW_OK is as vw_track_finish. Does nothing when it has ended already. VW_ERR_INVALID_ARGUMENT for a number that is
 * no status.
 */
vw_status vw_track_fail(const struct vw_track *track,
                        int32_t status);

/**
 * Silences a track from the next read on, whatever of it waits and is still written; other tracks go on. It ends as
 * flushed. Does nothing to a track that is over.
 */
vw_status vw_track_cancel(const struct vw_track *track);

/**
 * Frees a track's handle. One that has not ended ends, after what was written, with VW_ERR_CANCELLED.
 *
 * VW_ERR_INVALID_ARGUMENT when track is neither NULL nor a live track.
 */
vw_status vw_track_free(struct vw_track *track);

/**
 * An on_chunk that plays: user_data is a vw_track of the request's format and sample rate, as in
 * vw_deepdub_stream_tts(client, &request, vw_track_on_chunk, track, NULL).
 *
 * Writes each chunk, and finishes the track after the last. Returns VW_STOP when the track takes no more, because it was
 * flushed for example; when the call fails otherwise, tell the track with vw_track_fail.
 */
int32_t vw_track_on_chunk(const struct vw_deepdub_chunk *chunk,
                          void *user_data);

/**
 * Makes the callbacks that are due, on this thread, for a session that was opened with VW_DELIVERY_POLL. session is a
 * vw_deepdub_session or a vw_deepdub_text_session.
 *
 * Waits up to timeout_ms for the first: 0 does not wait, VW_NO_TIMEOUT waits without end; inside a callback of this
 * library it never waits. VW_OK also when nothing was due. When several threads poll one session, one of them calls
 * back at a time. VW_ERR_CLOSED when the session's client has been freed and every callback has been made;
 * VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread, and inside a callback that a poll of the same
 * session is making.
 */
vw_status vw_session_poll(const void *session, uint32_t timeout_ms);

/**
 * What an event loop can wait for, in *out: it becomes readable when there is something to poll for, and stays so until
 * that has been polled. A file descriptor on Unix, a SOCKET on Windows. It is the session's: do not read from it, do not
 * close it, and do not wait for it when the session has been freed. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 *
 * VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread; VW_ERR_INTERNAL when the system gives none.
 */
vw_status vw_session_poll_handle(const void *session,
                                 intptr_t *out);

/**
 * Waits until the session's connection is open: nothing that is spoken has to wait for it then. There is no need to:
 * lines wait by themselves. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 *
 * Waits up to timeout_ms; VW_NO_TIMEOUT waits without end; inside a session's callback it never waits.
 * VW_ERR_TIMEOUT when it is not open yet, with the field "timeout_ms"; VW_ERR_CLOSED when the session's client has been
 * freed, or the session meanwhile; any other status is why it cannot be opened, when trying again by itself is no use.
 */
vw_status vw_session_wait_ready(const void *session, uint32_t timeout_ms);

/**
 * How the session stands with the service, in *out. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 */
vw_status vw_session_get_state(const void *session, vw_session_state *out);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_session_options_init(struct vw_deepdub_session_options *options);

/**
 * Opens a session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its sessions
 * share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by on_state,
 * and as the end of lines.
 *
 * options may be NULL: everything by default. *out is the session; free it with vw_deepdub_session_free. on_state may be
 * called before this returns. VW_ERR_INVALID_ARGUMENT for options that cannot be right; VW_ERR_CLOSED when the client is
 * being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no event queue.
 */
vw_status vw_deepdub_session_open(const struct vw_deepdub_client *client,
                                  const struct vw_deepdub_session_options *options,
                                  struct vw_deepdub_session **out);

/**
 * Frees a session: cancels every line and closes the connection.
 *
 * When it returns, every line has had its on_end, and nothing is called back any more. With VW_DELIVERY_POLL the rest is
 * called back here, on this thread. It waits for a callback that another thread is just running, so do not hold a lock
 * which that callback takes. From inside a session's callback it waits for nothing: what is left to call back may
 * come after that callback has returned, and each line's on_end says when its user_data is the caller's again.
 *
 * Freeing the client closes all its sessions in the same way, except that those with VW_DELIVERY_POLL have the rest
 * called back by the next vw_session_poll, or here. Their handles are still to be freed.
 * VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live session.
 */
vw_status vw_deepdub_session_free(struct vw_deepdub_session *session);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_line_options_init(struct vw_deepdub_line_options *options);

/**
 * Speaks one text in a session. Returns at once; the chunks and the end go to the callbacks in options. The request's
 * cancel stops the line, too.
 *
 * *out is the line; free it with vw_deepdub_line_free. It is set before the first callback for it, which may come before
 * this returns. out may be NULL: the line is spoken all the same.
 * VW_ERR_INVALID_ARGUMENT when the request or the options cannot be right, or the generation id is that of a line which
 * has not ended; VW_ERR_CLOSED when the session's client has been freed. Then no callback is called. Everything else that
 * goes wrong comes as the line's end.
 */
vw_status vw_deepdub_session_speak(const struct vw_deepdub_session *session,
                                   const struct vw_deepdub_tts_request *request,
                                   const struct vw_deepdub_line_options *options,
                                   struct vw_deepdub_line **out);

/**
 * Stops a line. When this returns, its on_chunk is not running and is not called again; only on_end still comes. What
 * waits for a poll, a resume or in a player is dropped. Does nothing to a line that has ended and of which nothing waits.
 *
 * It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
 * session's callback it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
 * still be running.
 *
 * The service has no way to stop a line: it goes on speaking it, unheard. That takes no place among max_running, but one of
 * the five that the service allows: to interrupt without waiting, leave one of these free (max_running 4), or cancel all
 * that is being spoken.
 *
 * To put another line in its place, speak that one at the front first, and then cancel: the other way round, the next line
 * of the queue may be faster.
 */
vw_status vw_deepdub_line_cancel(struct vw_deepdub_line *line);

/**
 * Lets chunks come again after VW_PAUSE, beginning with those that wait. While on_chunk is running it takes back the
 * VW_PAUSE that it may return. Does nothing to a line that is not paused.
 */
vw_status vw_deepdub_line_resume(struct vw_deepdub_line *line);

/**
 * Whether a line has ended, 1 or 0, in *out. Chunks and on_end may still be waiting for their callbacks.
 */
vw_status vw_deepdub_line_is_ended(const struct vw_deepdub_line *line, int32_t *out);

/**
 * What a line has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
 * has arrived; some of it may still be waiting for on_chunk.
 */
vw_status vw_deepdub_line_get_result(const struct vw_deepdub_line *line,
                                     struct vw_deepdub_tts_result *result);

/**
 * Frees a line's handle. The line goes on, and its callbacks with it.
 *
 * VW_ERR_INVALID_ARGUMENT when line is neither NULL nor a live line.
 */
vw_status vw_deepdub_line_free(struct vw_deepdub_line *line);

/**
 * Speaks one text in a session. Returns at once; the chunks are asked for with vw_deepdub_line_stream_next. The request's
 * cancel stops the line, too.
 *
 * options may be NULL: everything by default; on_chunk, on_end and player must be NULL in it. The session may call back on
 * the I/O thread or in polls: this line needs no poll. *out is the stream; free it with vw_deepdub_line_stream_free.
 * VW_ERR_INVALID_ARGUMENT and VW_ERR_CLOSED as for vw_deepdub_session_speak. Everything else that goes wrong
 * vw_deepdub_line_stream_next tells.
 */
vw_status vw_deepdub_session_stream(const struct vw_deepdub_session *session,
                                    const struct vw_deepdub_tts_request *request,
                                    const struct vw_deepdub_line_options *options,
                                    struct vw_deepdub_line_stream **out);

/**
 * The next chunk, in *out; NULL after the last. The chunk and all that is in it belong to the stream, and are valid until
 * this is called for it again, or it is freed. Not for two threads at once, since each takes the other's chunk away.
 *
 * Waits up to timeout_ms for it; VW_NO_TIMEOUT waits as long as the line's own time limits let it; inside a session's
 * callback it never waits. VW_ERR_TIMEOUT with the field "timeout_ms" when none has come by then: ask again. Any other
 * status is what the line failed with, as in vw_deepdub_line_end, and comes again at every further call; what came before
 * stays good. VW_ERR_CLOSED in a process that was forked from the session's.
 */
vw_status vw_deepdub_line_stream_next(struct vw_deepdub_line_stream *stream,
                                      uint32_t timeout_ms,
                                      const struct vw_deepdub_chunk **out);

/**
 * Stops the line: a vw_deepdub_line_stream_next that waits on another thread ends with VW_ERR_CANCELLED, and so does every
 * later one. What waits is dropped; what the service does then vw_deepdub_line_cancel says. Does nothing to a line that has
 * ended and of which nothing waits.
 */
vw_status vw_deepdub_line_stream_cancel(struct vw_deepdub_line_stream *stream);

/**
 * What the line has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are
 * what has arrived; some of it may not have been asked for yet.
 */
vw_status vw_deepdub_line_stream_get_result(const struct vw_deepdub_line_stream *stream,
                                            struct vw_deepdub_tts_result *result);

/**
 * Frees a stream and the chunk that it has handed out. A line that has not ended is cancelled.
 *
 * VW_ERR_INVALID_ARGUMENT when stream is neither NULL nor a live stream.
 */
vw_status vw_deepdub_line_stream_free(struct vw_deepdub_line_stream *stream);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_deepdub_text_config_init(struct vw_deepdub_text_config *config);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_text_session_options_init(struct vw_deepdub_text_session_options *options);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_turn_options_init(struct vw_deepdub_turn_options *options);

/**
 * Opens a text session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its
 * sessions share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by
 * on_state, and as the end of turns.
 *
 * options may be NULL: everything by default. *out is the session; free it with vw_deepdub_text_session_free. on_state may
 * be called before this returns. VW_ERR_INVALID_ARGUMENT for a configuration or options that cannot be right;
 * VW_ERR_CLOSED when the client is being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no
 * event queue.
 */
vw_status vw_deepdub_text_session_open(const struct vw_deepdub_client *client,
                                       const struct vw_deepdub_text_config *config,
                                       const struct vw_deepdub_text_session_options *options,
                                       struct vw_deepdub_text_session **out);

/**
 * Frees a text session: cancels every turn and closes the connection. A vw_deepdub_turn_write or
 * vw_deepdub_text_session_ping that waits on another thread ends with VW_ERR_CANCELLED.
 *
 * When it returns, every turn has had its on_end, and nothing is called back any more; what vw_deepdub_session_free says
 * of waiting, of callbacks, of VW_DELIVERY_POLL and of freeing the client holds here, too. The handles of turns are
 * still to be freed. VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live text session.
 */
vw_status vw_deepdub_text_session_free(struct vw_deepdub_text_session *session);

/**
 * Changes how turns are spoken that begin from now on. For the middle of a turn there is vw_deepdub_turn_switch.
 *
 * VW_ERR_INVALID_ARGUMENT for a configuration that cannot be right; the one before stays then.
 */
vw_status vw_deepdub_text_session_configure(const struct vw_deepdub_text_session *session,
                                            const struct vw_deepdub_text_config *config);

/**
 * Asks the service for a sign of life, and waits for it up to timeout_ms; VW_NO_TIMEOUT waits without end. *out_ms is how
 * long that took, in milliseconds; out_ms may be NULL.
 *
 * VW_ERR_TIMEOUT when none came, with the field "timeout_ms"; VW_ERR_INVALID_ARGUMENT inside a session's callback,
 * where it would wait for itself; VW_ERR_CLOSED when the session's client has been freed, VW_ERR_CANCELLED when it or the
 * session is freed meanwhile; any other status is why there is no connection, VW_ERR_NETWORK when there is none yet.
 */
vw_status vw_deepdub_text_session_ping(const struct vw_deepdub_text_session *session,
                                       uint32_t timeout_ms,
                                       double *out_ms);

/**
 * Begins the next turn. Returns at once; the chunks and the end go to the callbacks in options. The ids in chunks and
 * results are the service's: one that is told before the first audio, by vw_deepdub_turn_get_result or by on_end, is "".
 *
 * *out is the turn, to be written with vw_deepdub_turn_write; free it with vw_deepdub_turn_free. It is set before the
 * first callback for it, which may come before this returns.
 * VW_ERR_INVALID_ARGUMENT when the options cannot be right; VW_ERR_CLOSED when the session's client has been freed. Then
 * no callback is called. Everything else that goes wrong comes as the turn's end.
 */
vw_status vw_deepdub_text_session_begin_turn(const struct vw_deepdub_text_session *session,
                                             const struct vw_deepdub_turn_options *options,
                                             struct vw_deepdub_turn **out);

/**
 * Adds to a turn's text: a sentence, a word, a token of a language model, any piece of UTF-8. "" adds nothing. A piece may
 * end inside a character, as tokens of bytes do: what there is of it waits for its rest, which the next piece begins with;
 * of a turn that is ended before that it is left out.
 *
 * Does not wait for the network: the text is taken while no more than max_unsent_bytes wait to be sent (a longer one when
 * nothing else waits), else it waits for room, up to timeout_ms and never longer; VW_NO_TIMEOUT waits without end. 0, and
 * any call inside a session's callback, does not wait at all. Of several threads that write one turn each text stays in
 * one piece, if it is whole characters.
 * VW_ERR_TIMEOUT when there was no room, with the field "max_unsent_bytes": nothing of the text was taken, so it may be
 * written again. VW_ERR_INVALID_ARGUMENT when it is not UTF-8 after what was written before: nothing of it was taken, either.
 * VW_ERR_CLOSED when the text has been ended, or the turn is over; VW_ERR_CANCELLED when it was cancelled,
 * also by freeing the session or the client; any other status is what the turn failed with.
 */
vw_status vw_deepdub_turn_write(const struct vw_deepdub_turn *turn,
                                const char *text,
                                uint32_t timeout_ms);

/**
 * Switches language, voice or both for the text that is written after it, up to the next switch or the turn's end. Each
 * may be NULL, and stays as it is then. Writes the tag of vw_deepdub_config_tag, and so waits and fails as
 * vw_deepdub_turn_write does; VW_ERR_INVALID_ARGUMENT when one is blank.
 */
vw_status vw_deepdub_turn_switch(const struct vw_deepdub_turn *turn,
                                 const char *locale,
                                 const char *voice_prompt_id,
                                 uint32_t timeout_ms);

/**
 * Ends a turn's text: the rest of it is spoken now, and after the last of it the turn is over. Does not wait, also not for
 * what has been written before. Does nothing the second time, and to a turn that is over.
 */
vw_status vw_deepdub_turn_end(const struct vw_deepdub_turn *turn);

/**
 * Stops a turn, and tells the service to: barge-in. When this returns, its on_chunk is not running and is not called
 * again; only on_end still comes. What waits for a poll or a resume is dropped, and so is text that has not been sent.
 * The next turn waits for the service to confirm only where nothing of this one had been heard yet. Does nothing to a turn
 * that has ended and of which nothing waits.
 *
 * It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
 * session's callback it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
 * still be running.
 */
vw_status vw_deepdub_turn_cancel(const struct vw_deepdub_turn *turn);

/**
 * Lets chunks come again after VW_PAUSE, as vw_deepdub_line_resume does.
 */
vw_status vw_deepdub_turn_resume(const struct vw_deepdub_turn *turn);

/**
 * Whether a turn is over, 1 or 0, in *out: not only its text. Chunks and on_end may still be waiting for their callbacks.
 */
vw_status vw_deepdub_turn_is_ended(const struct vw_deepdub_turn *turn,
                                   int32_t *out);

/**
 * What a turn has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
 * has arrived; some of it may still be waiting for on_chunk. Its times run from vw_deepdub_text_session_begin_turn on.
 */
vw_status vw_deepdub_turn_get_result(const struct vw_deepdub_turn *turn,
                                     struct vw_deepdub_tts_result *result);

/**
 * Frees a turn's handle, and ends its text if that has not been ended: the next turn can come. Its audio goes on, and its
 * callbacks with it; to stop them there is vw_deepdub_turn_cancel. A vw_deepdub_turn_write that waits on another thread
 * ends with VW_ERR_CLOSED.
 *
 * VW_ERR_INVALID_ARGUMENT when turn is neither NULL nor a live turn.
 */
vw_status vw_deepdub_turn_free(struct vw_deepdub_turn *turn);

/**
 * The tag that switches language, voice or both in the middle of a text, such as `<config locale="es-MX" />`, for whoever
 * puts texts together before they are written. What the values hold cannot end the tag; "" when both are NULL. Text from
 * elsewhere may hold such tags, too, and they have their effect in it.
 *
 * Writes it into buffer, which has size bytes, with its NUL. *out_needed is how many bytes that takes, NUL included, also
 * when buffer is too small; it may be NULL. NULL as buffer with a size of 0 only asks for that.
 * VW_ERR_INVALID_ARGUMENT when buffer is too small, and it is left as it was; when a value is blank.
 */
vw_status vw_deepdub_config_tag(const char *locale,
                                const char *voice_prompt_id,
                                char *buffer,
                                size_t size,
                                size_t *out_needed);

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
 * Frees a report's memory; the service keeps the report. VW_ERR_INVALID_ARGUMENT when issue is neither NULL nor live; the
 * pointer of one that was freed may be another one's by then.
 */
vw_status vw_deepdub_issue_free(struct vw_deepdub_issue *issue);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_report_options_init(struct vw_deepdub_report_options *options);

/**
 * Files a report about one of the last generations of this client: id, text and voice come from memory, and a clip of its
 * audio is attached, as a WAV file cut around the second where it happened. *out is the report as the service has it.
 *
 * generation_id is that of a call, a line or a turn; NULL is the one whose audio began last. They are remembered from
 * their first audio on, also while they are being spoken and after they failed, as long as remember_generations and
 * remember_audio_bytes of the client allow. A generation whose audio there was no room for is reported without a clip, and so
 * are bare samples (s16le, mulaw) for which no sample_rate was asked, since nobody knows it. One that cannot be decoded has
 * all of it attached as it came.
 *
 * VW_ERR_INVALID_ARGUMENT before anything is sent: the generation is not remembered, or has not so many seconds, or is too
 * long to be attached whole. Else as vw_deepdub_create_issue.
 */
vw_status vw_deepdub_report(const struct vw_deepdub_client *client,
                            const char *generation_id,
                            const struct vw_deepdub_report_options *options,
                            struct vw_deepdub_issue **out);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_outbox_options_init(struct vw_deepdub_outbox_options *options);

/**
 * Prepares a summary for vw_deepdub_outbox_send and vw_deepdub_outbox_deliver. VW_ERR_INVALID_ARGUMENT when summary is
 * NULL.
 */
vw_status vw_deepdub_outbox_summary_init(struct vw_deepdub_outbox_summary *summary);

/**
 * Opens the outbox in the directory path, which is made where it is not there, for this user alone (0700, files 0600), and
 * clears away what crashed processes left half done. options may be NULL, for the defaults.
 *
 * Any number of threads and processes may use one directory at the same time; each report is sent by one of them at a
 * time. The file system must have locks: network file systems often have none that can be relied on. *out is the outbox;
 * free it with vw_deepdub_outbox_free. VW_ERR_INVALID_ARGUMENT for an empty path and limits of 0; VW_ERR_FILE when the
 * directory cannot be made or written to.
 */
vw_status vw_deepdub_outbox_open(const char *path,
                                 const struct vw_deepdub_outbox_options *options,
                                 struct vw_deepdub_outbox **out);

/**
 * Takes a report, and returns when it is safe: the file, with the clip, and its name are synced to the disk. A clip that
 * is a path is read now. Nothing is sent. Waits for the disk: nothing for a frame of a game.
 *
 * id has room for VW_OUTBOX_ID_SIZE bytes and gets the outbox's id for the report, a UUID with a NUL.
 * VW_ERR_INVALID_ARGUMENT for what vw_deepdub_create_issue would refuse; VW_ERR_OUTBOX_FULL when a limit would be
 * exceeded, which vw_error.field names ("max_bytes", "max_reports"); VW_ERR_FILE when the clip cannot be read or the report
 * not be written, as on a full disk; VW_ERR_CANCELLED when report.cancel has been cancelled before. Nothing of the report
 * stays then.
 */
vw_status vw_deepdub_outbox_add(struct vw_deepdub_outbox *outbox,
                                const struct vw_deepdub_issue_request *report,
                                char *id);

/**
 * Takes a report about one of the last generations of client, filled in and with a clip as vw_deepdub_report makes it.
 * generation_id and options are as there. Returns as vw_deepdub_outbox_add does, with the id in id, which has
 * VW_OUTBOX_ID_SIZE bytes; nothing is sent.
 *
 * Statuses as for both.
 */
vw_status vw_deepdub_outbox_add_report(struct vw_deepdub_outbox *outbox,
                                       const struct vw_deepdub_client *client,
                                       const char *generation_id,
                                       const struct vw_deepdub_report_options *options,
                                       char *id);

/**
 * Sends all reports that wait, oldest first, and returns. A report that cannot be delivered now is no failure of this
 * call: it waits on, and summary (which may be NULL) says why.
 *
 * A report is delivered at least once: twice when the service's answer is lost, because the service has no way to tell
 * that two reports are one. One that the service refuses (HTTP 400, 404, 422 ...) is kept aside with the reason. Where the
 * failure is not the report's, it waits on: without a network, with a key or an account that the service does not accept,
 * or when there are too many requests (HTTP 429, after the client's tries), no further one is tried. When the service was
 * reached and failed, or the connection broke, the next one is tried, until three in a row have failed.
 *
 * on_report and cancel may be NULL. VW_ERR_CANCELLED when cancel, on_report or freeing the client ended it; what had been
 * done is done. VW_ERR_FILE when the directory cannot be read or changed.
 */
vw_status vw_deepdub_outbox_send(struct vw_deepdub_outbox *outbox,
                                 const struct vw_deepdub_client *client,
                                 vw_deepdub_outbox_report_fn on_report,
                                 void *user_data,
                                 const struct vw_cancel *cancel,
                                 struct vw_deepdub_outbox_summary *summary);

/**
 * Sends reports until none waits any more, or until timeout_ms milliseconds have passed (VW_NO_TIMEOUT: for as long as it
 * takes): after failures that may pass, such as a lost network, it waits and tries again. For a thread of the program's;
 * there is none of the library's.
 *
 * The waits are those of the client's settings for retries, without end and at least 50 ms, or what the service asks for.
 * It returns early when the next try would come too late, and when waiting does not help, because the service does not
 * accept the key or the account: summary.status says so. A call that is under way when the time is over is ended.
 * Otherwise as vw_deepdub_outbox_send.
 */
vw_status vw_deepdub_outbox_deliver(struct vw_deepdub_outbox *outbox,
                                    const struct vw_deepdub_client *client,
                                    uint32_t timeout_ms,
                                    vw_deepdub_outbox_report_fn on_report,
                                    void *user_data,
                                    const struct vw_cancel *cancel,
                                    struct vw_deepdub_outbox_summary *summary);

/**
 * Everything that is in the outbox, oldest first: what waits, what was rejected, what is remembered of the delivered, and
 * files that cannot be understood.
 *
 * *out is the list; free it with vw_deepdub_outbox_reports_free. It stays as it is when the outbox changes, or is freed.
 * VW_ERR_FILE when the directory cannot be read.
 */
vw_status vw_deepdub_outbox_list(const struct vw_deepdub_outbox *outbox,
                                 struct vw_deepdub_outbox_reports **out);

/**
 * Frees a list. VW_ERR_INVALID_ARGUMENT when reports is neither NULL nor live; the pointer of one that was freed may be
 * another one's by then.
 */
vw_status vw_deepdub_outbox_reports_free(struct vw_deepdub_outbox_reports *reports);

/**
 * Has a rejected report wait again. Nothing is sent. One that waits already stays as it is.
 *
 * VW_ERR_NOT_FOUND when there is none of that id; VW_ERR_INVALID_ARGUMENT when it was delivered; VW_ERR_FILE when it
 * cannot be moved.
 */
vw_status vw_deepdub_outbox_retry(struct vw_deepdub_outbox *outbox, const char *id);

/**
 * Removes a report, its clip and what is known of it, whatever its state; the service keeps what it has. One that is being
 * sent at this moment may arrive all the same.
 *
 * VW_ERR_NOT_FOUND when there is none of that id; VW_ERR_FILE when it cannot be removed.
 */
vw_status vw_deepdub_outbox_drop(struct vw_deepdub_outbox *outbox,
                                 const char *id);

/**
 * Frees an outbox; the directory stays with all that is in it. Calls that are using it go on.
 *
 * VW_ERR_INVALID_ARGUMENT when outbox is neither NULL nor live.
 */
vw_status vw_deepdub_outbox_free(struct vw_deepdub_outbox *outbox);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_http_config_init(struct vw_http_config *config);

/**
 * Prepares a destination with nothing in it. VW_ERR_INVALID_ARGUMENT when to is NULL.
 */
vw_status vw_save_to_init(struct vw_save_to *to);

/**
 * Prepares an upload with nothing in it. VW_ERR_INVALID_ARGUMENT when upload is NULL.
 */
vw_status vw_upload_init(struct vw_upload *upload);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_respeecher_config_init(struct vw_respeecher_config *config);

/**
 * Makes a client. Nothing is sent, and no connection is opened, before the first call.
 *
 * config may be NULL: everything by default, the key from the environment. *out is the client; free it with
 * vw_respeecher_client_free. VW_ERR_INVALID_ARGUMENT when there is neither a key nor a login or there are both, the address
 * is none or would send the key unencrypted, a time limit is 0, or a field has no sense; vw_error.field names it.
 */
vw_status vw_respeecher_client_new(const struct vw_respeecher_config *config,
                                   struct vw_respeecher_client **out);

/**
 * Frees a client. Calls that are using it, on whatever threads, and its lists end soon with VW_ERR_CANCELLED.
 *
 * VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
 */
vw_status vw_respeecher_client_free(struct vw_respeecher_client *client);

/**
 * Makes one call of the service, by its name: with this everything that the service does can be had as JSON.
 *
 * parameters is an object with the parameters of the path, the query or the body by the service's own names; NULL is none.
 * A parameter that is not known here is sent along. In a query an array becomes one text with commas. *answer is what the
 * service answered, null where it answered nothing; free it with vw_json_free. answer may be NULL, and so may cancel.
 *
 * The calls, with their parameters besides those of the path; those in brackets may be left out. For calls that upload,
 * "data" is the path of the file here.
 *
 * - create_api_key: POST /api/api-key ([expires_at]).
 * - delete_api_key: DELETE /api/api-key.
 * - login: POST /api/login (email, password).
 * - logout: POST /api/logout.
 * - create_calibration: POST /api/calibration (name); uploads.
 * - enable_calibration: PUT /api/calibration/{calibration_id}/enable.
 * - enable_auto_calibration: POST /api/calibration/auto.
 * - get_calibration: GET /api/calibration/{calibration_id}.
 * - list_calibrations: GET /api/calibration.
 * - delete_calibration: DELETE /api/calibration/{calibration_id}.
 * - get_credits: GET /api/credits.
 * - list_projects: GET /api/projects ([limit], [offset], [sort], [direction], [owner]); pages.
 * - create_project: POST /api/projects (name, [owner], [models]).
 * - rename_project: PATCH /api/projects/{project_id} (name).
 * - delete_project: DELETE /api/projects/{project_id}.
 * - get_project_by_url: GET /api/projects/by-url (project_url).
 * - export_project: GET /api/projects/{project_id}/export ([starred_only]); for vw_respeecher_download.
 * - list_folders: GET /api/folders (project_id, [limit], [offset], [direction]); pages.
 * - create_folder: POST /api/folders (name, project_id, [parent_id]).
 * - rename_folder: PATCH /api/folders/{folder_id} (name).
 * - delete_folder: DELETE /api/folders/{folder_id}.
 * - get_folder: GET /api/folders/{folder_id}.
 * - list_recordings: GET /api/recordings ([project_id], [folder_id], [limit], [offset], [direction]); pages.
 * - list_originals: GET /api/recordings/originals (folder_id, [limit], [offset], [direction]); pages.
 * - list_conversions: GET /api/recordings/conversions (original_id, [limit], [offset], [direction]); pages.
 * - create_recording: POST /api/recordings (parent_folder_id, [microphone], [label]); uploads.
 * - create_tts_recording_v1: POST /api/recordings/tts (project_id, parent_folder_id, voice_id, text, [label]);
 *   deprecated.
 * - update_recording: PATCH /api/recordings/{recording_id} ([label], [starred]).
 * - replace_recording: PUT /api/recordings/{recording_id} (label, starred).
 * - delete_recording: DELETE /api/recordings/{recording_id}.
 * - export_conversions: GET /api/recordings/export (original_id, [starred_only]); for vw_respeecher_download.
 * - get_recording: GET /api/recordings/{recording_id}.
 * - create_tts_recording: POST /api/v2/recordings/tts (parent_folder_id, text, [text_language], [label],
 *   [tts_voice_id]).
 * - list_tts_voices: GET /api/tts-voices.
 * - create_note: POST /api/notes (recording_id, text).
 * - update_note: PUT /api/notes (recording_id, text).
 * - delete_note: DELETE /api/notes (recording_id).
 * - get_stats: GET /api/stats.
 * - project_stats: GET /api/stats/projects (project_ids).
 * - folder_stats: POST /api/stats/folders (folder_ids).
 * - create_order: POST /api/v2/orders (original_id, conversions, [calibration_id], [use_calibration]).
 * - retry_order: POST /api/v2/orders/retry/{recording_id}.
 * - list_voices: GET /api/v2/voices ([limit], [offset], [sort], [direction], [visibility], [species], [gender],
 *   [age_group], [pitch_group], [nationality]); pages.
 * - search_voices: GET /api/v2/voices/search (name, [limit]).
 * - favorite_voice: POST /api/v2/voices/favorite/{voice_id} (favorite).
 * - set_voice_settings: POST /api/v2/voices/settings (voice_id, [narration_style_id], [accent_id],
 *   [semitones_correction]).
 * - list_accent_samples: GET /api/v2/accents/samples (accent_id).
 *
 * What is in an answer, and so at which pointers, the service's own page tells for each call, and with a line for each field
 * the types of voicewire::respeecher ("cargo doc") and the classes of voicewire.respeecher in Python. Everything that is
 * named has its id at "/id". The most asked for: of a voice "/name", "/available", "/narration_styles/0/id" and
 * "/narration_styles/0/info/name", "/accents/0/id" and "/accents/0/info/name"; of a recording "/state", "/error", "/url",
 * "/label", "/duration"; "/credits" of get_credits.
 *
 * VW_ERR_INVALID_ARGUMENT before anything is sent, vw_error.field naming the parameter ("name" for a name that is none): a
 * parameter that is missing or empty, an id that cannot be in a path ("." and ".." and what is longer than 1024 bytes; all
 * others are percent-encoded and stay one segment) or would make another call of it (the recording "export"), an element of
 * an array in a query that is empty or has a comma, a call that answers with a file. After that whatever the service says,
 * with its words: VW_ERR_REJECTED_INPUT, VW_ERR_UNAUTHORIZED, VW_ERR_INSUFFICIENT_CREDITS, VW_ERR_NOT_FOUND and so on.
 */
vw_status vw_respeecher_call(const struct vw_respeecher_client *client,
                             const char *name,
                             const struct vw_json *parameters,
                             const struct vw_cancel *cancel,
                             struct vw_json **answer);

/**
 * The calls of the service, by index from 0; NULL beyond the last. Static.
 */
const struct vw_endpoint *vw_respeecher_endpoint(size_t index);

/**
 * Signs in with the address and password of the configuration; *account is what the service says about the account. Calls
 * do that themselves when they are the first: this is to know early, and to come back after vw_respeecher_logout.
 *
 * cancel and account may be NULL. VW_ERR_INVALID_ARGUMENT when the client has no password: it has a key, or has signed in
 * before and was not to keep it. VW_ERR_UNAUTHORIZED when the service does not accept it.
 */
vw_status vw_respeecher_login(const struct vw_respeecher_client *client,
                              const struct vw_cancel *cancel,
                              struct vw_json **account);

/**
 * Ends the session. Calls made afterwards are VW_ERR_UNAUTHORIZED until vw_respeecher_login. A client with a key stays as
 * it is.
 *
 * cancel may be NULL. Whatever the service says; the session is forgotten all the same.
 */
vw_status vw_respeecher_logout(const struct vw_respeecher_client *client,
                               const struct vw_cancel *cancel);

/**
 * Opens the list of a call that answers with pages, such as "list_recordings". Nothing is sent before the first item is
 * asked for.
 *
 * parameters are as for vw_respeecher_call: "limit" is the size of a page, and "offset" where it begins. cancel may be NULL;
 * it ends the asking, too. *out is the list; free it with vw_respeecher_list_free. VW_ERR_INVALID_ARGUMENT for a call that
 * answers with no pages, and for parameters as vw_respeecher_call has it.
 */
vw_status vw_respeecher_list_open(const struct vw_respeecher_client *client,
                                  const char *name,
                                  const struct vw_json *parameters,
                                  const struct vw_cancel *cancel,
                                  struct vw_respeecher_list **out);

/**
 * The next item of a list, into *item: free it with vw_json_free. NULL after the last one.
 *
 * It asks for the next page when it has to. After a failure the list is at its end; what had come stays good. Threads that
 * share a list take turns.
 */
vw_status vw_respeecher_list_next(const struct vw_respeecher_list *list,
                                  struct vw_json **item);

/**
 * How many come before the next item, into *offset: where another list goes on after a failure.
 *
 * VW_ERR_INVALID_ARGUMENT when list is no live list, or offset is NULL.
 */
vw_status vw_respeecher_list_offset(const struct vw_respeecher_list *list, uint64_t *offset);

/**
 * Frees a list. A page that another thread is waiting for still comes. VW_ERR_INVALID_ARGUMENT when list is neither NULL nor
 * a live list.
 */
vw_status vw_respeecher_list_free(struct vw_respeecher_list *list);

/**
 * Makes a call that uploads: "create_recording" or "create_calibration".
 *
 * parameters are as for vw_respeecher_call, without "data", which upload takes the place of. on_progress may be NULL; it is
 * told how many bytes of the whole request have been sent, and may stop it. cancel may be NULL. *answer, unless answer is
 * NULL, is what the service made: free it with vw_json_free. As vw_respeecher_call; VW_ERR_FILE when the audio cannot be
 * read, VW_ERR_CANCELLED when on_progress stopped it, VW_ERR_REJECTED_INPUT with the field "data" for what is no audio.
 */
vw_status vw_respeecher_upload(const struct vw_respeecher_client *client,
                               const char *name,
                               const struct vw_json *parameters,
                               const struct vw_upload *upload,
                               vw_transfer_fn on_progress,
                               void *user_data,
                               const struct vw_cancel *cancel,
                               struct vw_json **answer);

/**
 * Makes a call whose answer is a file: "export_project" or "export_conversions", which are zips.
 *
 * parameters are as for vw_respeecher_call. on_progress may be NULL; it may stop the download. cancel may be NULL. *saved,
 * unless saved is NULL, is an object with the file's "path" and its length, "bytes": free it with vw_json_free. What breaks
 * off goes on where it was, or is repeated. As vw_respeecher_call; VW_ERR_FILE when the file cannot be written,
 * VW_ERR_CANCELLED when on_progress stopped it: then nothing is left of it.
 */
vw_status vw_respeecher_download(const struct vw_respeecher_client *client,
                                 const char *name,
                                 const struct vw_json *parameters,
                                 const struct vw_save_to *to,
                                 vw_transfer_fn on_progress,
                                 void *user_data,
                                 const struct vw_cancel *cancel,
                                 struct vw_json **saved);

/**
 * Downloads what a "url" in an answer leads to, such as a conversion's. The key goes along only if that is at the service
 * itself, and refused without it.
 *
 * As vw_respeecher_download; VW_ERR_INVALID_ARGUMENT with the field "url" for one that is none, or unencrypted.
 */
vw_status vw_respeecher_download_url(const struct vw_respeecher_client *client,
                                     const char *url,
                                     const struct vw_save_to *to,
                                     vw_transfer_fn on_progress,
                                     void *user_data,
                                     const struct vw_cancel *cancel,
                                     struct vw_json **saved);

/**
 * Fills a conversion with its defaults. VW_ERR_INVALID_ARGUMENT when conversion is NULL.
 */
vw_status vw_respeecher_conversion_init(struct vw_respeecher_conversion *conversion);

/**
 * Fills a job with its defaults. VW_ERR_INVALID_ARGUMENT when job is NULL.
 */
vw_status vw_respeecher_job_init(struct vw_respeecher_job *job);

/**
 * Text or audio in, finished files out: makes what the job needs, has it spoken or uploads it, waits, orders the
 * conversions, waits, and downloads each to a file of its own.
 *
 * on_progress may be NULL; it may stop the job. cancel may be NULL. *outcome, unless outcome is NULL, is an object; free it
 * with vw_json_free:
 *
 * - "files": the conversions that have become files, each with "index" (which of the job's conversions), "path", "bytes" and
 *   "recording" (the conversion, as the service has it: vw_respeecher_call). So "/files/0/path" is where the first is, and
 *   vw_json_size(outcome, "/files") how many there are.
 * - "failures": those that have not, each with "index", "conversion_id", "status" (a vw_status), "status_name", "message" and
 *   "description".
 * - "recording_id": what the job can be resumed with. "recording": the original, as the service has it.
 * - "project_id" and "folder_id", as far as they are known: another job can use the folder.
 *
 * A conversion that fails does not keep the others from becoming files (but an order with a voice or style that does not
 * exist is refused whole). So *outcome is written on failure, too, other than
 * elsewhere, if anything has come of the job: if there is a project, a folder or an original. Else it stays as it was; set
 * it to NULL before, and free it whatever the status is. Where the original itself is refused, the project and the folder
 * that were made for it are deleted again; they stay when it may have arrived all the same, and when the job is stopped.
 *
 * VW_ERR_INVALID_ARGUMENT before anything is ordered, with the field; VW_ERR_SERVER or VW_ERR_REJECTED_INPUT with the
 * service's words for what it could not process or convert, VW_ERR_INSUFFICIENT_CREDITS for what there were no credits for: of
 * several failures those of the first, and how many there are; VW_ERR_TIMEOUT with the field "polling_limit" when it took too long; VW_ERR_CANCELLED; VW_ERR_FILE; and whatever calls and
 * downloads can fail with.
 */
vw_status vw_respeecher_convert(const struct vw_respeecher_client *client,
                                const struct vw_respeecher_job *job,
                                vw_respeecher_progress_fn on_progress,
                                void *user_data,
                                const struct vw_cancel *cancel,
                                struct vw_json **outcome);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_palabra_config_init(struct vw_palabra_config *config);

/**
 * Makes a client. Nothing is sent, and no connection is opened, before the first call.
 *
 * config may be NULL: everything by default, the key from the environment. *out is the client; free it with
 * vw_palabra_client_free. VW_ERR_INVALID_ARGUMENT when there is neither a key nor a client id with its secret or there are
 * both, the address is none or would send them unencrypted, a time limit is 0, or a field has no sense; vw_error.field names
 * it.
 */
vw_status vw_palabra_client_new(const struct vw_palabra_config *config,
                                struct vw_palabra_client **out);

/**
 * Frees a client. Calls that are using it, on whatever threads, and its lists end soon with VW_ERR_CANCELLED.
 *
 * VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
 */
vw_status vw_palabra_client_free(struct vw_palabra_client *client);

/**
 * Makes one call of the service, by its name.
 *
 * parameters is an object with the parameters of the path, the query or the body by the service's own names; NULL is none.
 * A parameter that is not known here is sent along. *answer is the answer's "data", null where there was none; free it with
 * vw_json_free. answer may be NULL, and so may cancel.
 *
 * The calls, with their parameters besides those of the path; those in brackets may be left out:
 *
 * - list_voices: GET /saas/voice ([search], [lang], [token], [page_size]); pages.
 * - list_builtin_voices: GET /saas/voice/builtin ([token], [page_size]); pages.
 * - get_voice: GET /saas/voice/m/{voice_id}.
 * - update_voice: POST /saas/voice/m/{voice_id} ([name], [description], [labels]).
 * - delete_voice: DELETE /saas/voice/m/{voice_id}.
 * - get_limits: GET /saas/voice/limits.
 * - list_samples: GET /saas/voice/sample/tts ([sort], [page_size], [token]); pages.
 * - create_clone: POST /saas/voice/clone (name, samples, [description], [labels]).
 * - regenerate_sample: POST /saas/voice/m/{voice_id}/tts-sample (lang_code).
 *
 * What is in an answer, and so at which pointers, the service's own pages tell for each call, and with a line for each field
 * the types of voicewire::palabra ("cargo doc") and the classes of voicewire.palabra in Python. The most asked for: of a voice
 * "/voice_id", "/name", "/processing_status"; of a sample "/url"; of get_limits "/limit" and "/remaining".
 *
 * VW_ERR_INVALID_ARGUMENT before anything is sent, vw_error.field naming the parameter ("name" for a name that is none): a
 * parameter that is missing or empty, an id that cannot be in a path ("." and ".." and what is longer than 1024 bytes; all
 * others are percent-encoded and stay one segment). After that whatever the service says, with its problem details:
 * VW_ERR_LOCKED while a voice's sample is being regenerated, VW_ERR_UNAUTHORIZED for a missing permission, and so on.
 */
vw_status vw_palabra_call(const struct vw_palabra_client *client,
                          const char *name,
                          const struct vw_json *parameters,
                          const struct vw_cancel *cancel,
                          struct vw_json **answer);

/**
 * The calls of the service, by index from 0; NULL beyond the last. Static.
 */
const struct vw_endpoint *vw_palabra_endpoint(size_t index);

/**
 * Downloads what a "url" in an answer leads to, such as a sample's. The key goes along only if that is at the service
 * itself, and refused without it.
 *
 * on_progress may be NULL; it may stop the download. cancel may be NULL. *saved, unless saved is NULL, is an object with the
 * file's "path" and its length, "bytes": free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "url" for one that
 * is none, or unencrypted; VW_ERR_FILE when the file cannot be written, VW_ERR_CANCELLED when on_progress stopped it: then
 * nothing is left of it.
 */
vw_status vw_palabra_download_url(const struct vw_palabra_client *client,
                                  const char *url,
                                  const struct vw_save_to *to,
                                  vw_transfer_fn on_progress,
                                  void *user_data,
                                  const struct vw_cancel *cancel,
                                  struct vw_json **saved);

/**
 * Fills a waiting with its defaults. VW_ERR_INVALID_ARGUMENT when waiting is NULL.
 */
vw_status vw_palabra_waiting_init(struct vw_palabra_waiting *waiting);

/**
 * Replaces all samples of a voice by a fresh one in this language, such as "en-us"; *sample is the new one: its audio is at
 * "/url", for vw_palabra_download_url, its words at "/text/content", its language at "/text/lang", its media type at
 * "/mime_type".
 *
 * While another regeneration of the same voice is running this is VW_ERR_LOCKED: at once when waiting is NULL, else when
 * waiting's limit is reached. cancel may be NULL, and so may sample; free *sample with vw_json_free.
 * VW_ERR_INVALID_ARGUMENT with the field "lang_code" for a language that is not known here, which vw_palabra_call would send
 * along; as vw_palabra_call besides.
 */
vw_status vw_palabra_regenerate_sample(const struct vw_palabra_client *client,
                                       const char *voice_id,
                                       const char *lang_code,
                                       const struct vw_palabra_waiting *waiting,
                                       const struct vw_cancel *cancel,
                                       struct vw_json **sample);

/**
 * Opens the list of a call that answers with pages, such as "list_voices". Nothing is sent before the first item is asked
 * for.
 *
 * parameters are as for vw_palabra_call. cancel may be NULL; it ends the asking, too. *out is the list; free it with
 * vw_palabra_list_free. VW_ERR_INVALID_ARGUMENT for a call that answers with no pages.
 */
vw_status vw_palabra_list_open(const struct vw_palabra_client *client,
                               const char *name,
                               const struct vw_json *parameters,
                               const struct vw_cancel *cancel,
                               struct vw_palabra_list **out);

/**
 * The next item of a list, into *item: free it with vw_json_free. NULL after the last one.
 *
 * It asks for the next page when it has to. After a failure the list is at its end; what had come stays good. Threads that
 * share a list take turns.
 */
vw_status vw_palabra_list_next(const struct vw_palabra_list *list,
                               struct vw_json **item);

/**
 * Frees a list. A page that another thread is waiting for still comes. VW_ERR_INVALID_ARGUMENT when list is neither NULL nor
 * a live list.
 */
vw_status vw_palabra_list_free(struct vw_palabra_list *list);

/**
 * Fills a voice to be cloned with its defaults. VW_ERR_INVALID_ARGUMENT when voice is NULL.
 */
vw_status vw_palabra_new_voice_init(struct vw_palabra_new_voice *voice);

/**
 * Makes a voice from a recording: announces it, uploads it, and waits until the voice is ready. *made is the voice; free it
 * with vw_json_free. "/voice_id" names it in other calls; "/processing_status" is "ready", "/name" what it is called.
 *
 * on_progress may be NULL; it may stop it. cancel may be NULL, and so may made. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE
 * before anything is sent; VW_ERR_SERVER with the service's words when it could not make the voice, VW_ERR_TIMEOUT with the
 * field "waiting_limit" when it took too long, VW_ERR_CANCELLED; VW_ERR_QUOTA_EXCEEDED when the account may have no more
 * voices; then whatever calls can fail with. A voice that has been announced stays, and vw_last_error()->voice_id is its id:
 * "delete_voice" makes room again.
 */
vw_status vw_palabra_clone(const struct vw_palabra_client *client,
                           const struct vw_palabra_new_voice *voice,
                           vw_palabra_clone_progress_fn on_progress,
                           void *user_data,
                           const struct vw_cancel *cancel,
                           struct vw_json **made);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VOICEWIRE_H */
