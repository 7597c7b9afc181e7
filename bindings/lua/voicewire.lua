--- voicewire: streaming speech from cloud voices, for LuaJIT and LÖVE.
--
-- SPDX-License-Identifier: MIT OR Apache-2.0
--
-- One file over LuaJIT's FFI; what it needs besides is the shared library (see `find` below for where it is looked for).
-- include/voicewire.h is the reference: options have the names, units, ranges and defaults of the C structs' fields.
--
-- Errors     What fails raises an error object, for pcall: a table with status (voicewire.VW_ERR_…), kind ("timeout"),
--            message, description, and field, url, vendor_type, generation_id, http_status, retry_after_seconds … where
--            they are known; tostring() gives one line of it all.
-- Options    Tables. A name that is not known is an error, and so is a string with a NUL in it. Toggles are booleans,
--            formats and the like their names in lower case ("mp3"), seeds numbers or int64_t, time limits in
--            milliseconds with math.huge for none.
-- Objects    Have a close(), and are closed by the garbage collector. What is closed raises errors; closing twice does
--            nothing.
-- Threads    Callbacks come only inside a call: session:poll(), client:say(), outbox:send() and the like. Each Lua state
--            (of love.thread, say) loads the module for itself.

local ffi = require("ffi")
local jit = require("jit")

-- >>> Made of include/voicewire.h by `VOICEWIRE_BLESS=1 cargo test --test lua_cdef`.
local declarations = [[
typedef int32_t vw_status;
typedef struct vw_audio_bytes vw_audio_bytes;
typedef struct vw_audio_file vw_audio_file;
typedef struct vw_cancel vw_cancel;
typedef struct vw_decoder vw_decoder;
typedef struct vw_deepdub_client vw_deepdub_client;
typedef struct vw_deepdub_line vw_deepdub_line;
typedef struct vw_deepdub_line_stream vw_deepdub_line_stream;
typedef struct vw_deepdub_outbox vw_deepdub_outbox;
typedef struct vw_deepdub_session vw_deepdub_session;
typedef struct vw_deepdub_text_session vw_deepdub_text_session;
typedef struct vw_deepdub_turn vw_deepdub_turn;
typedef struct vw_json vw_json;
typedef struct vw_palabra_client vw_palabra_client;
typedef struct vw_palabra_list vw_palabra_list;
typedef struct vw_player vw_player;
typedef struct vw_respeecher_client vw_respeecher_client;
typedef struct vw_respeecher_list vw_respeecher_list;
typedef struct vw_track vw_track;
typedef struct vw_error {
    size_t struct_size;
    vw_status status;
    const char *message;
    const char *description;
    const char *field;
    const char *url;
    const char *vendor_type;
    const char *generation_id;
    int32_t http_status;
    double retry_after_seconds;
    uint64_t chunks_received;
    uint64_t bytes_received;
    uint32_t attempts;
    int64_t audio_byte;
    double audio_seconds;
    const char *problem_type;
    const char *problem_title;
    const char *problem_detail;
    const char *problem_instance;
    int64_t problem_error_code;
    const char *voice_id;
} vw_error;
typedef int32_t vw_log_level;
typedef void (*vw_log_fn)(vw_log_level level, const char *message, void *user_data);
typedef int32_t vw_json_type;
typedef int32_t vw_toggle;
typedef int32_t vw_format;
typedef struct vw_decoder_config {
    size_t struct_size;
    vw_format format;
    int32_t sample_rate;
    int32_t output_rate;
    int32_t channels;
} vw_decoder_config;
typedef struct vw_decoder_info {
    size_t struct_size;
    uint32_t sample_rate;
    uint32_t channels;
    vw_format source_format;
    uint32_t source_rate;
    uint32_t source_channels;
    double seconds;
} vw_decoder_info;
typedef int32_t vw_wav_samples;
typedef int32_t vw_region;
typedef struct vw_deepdub_config {
    size_t struct_size;
    const char *api_key;
    const char *rest_url;
    const char *websocket_url;
    vw_region region;
    uint32_t connect_timeout_ms;
    uint32_t first_chunk_timeout_ms;
    uint32_t between_chunks_timeout_ms;
    uint32_t total_timeout_ms;
    uint32_t rest_timeout_ms;
    vw_toggle allow_plaintext;
    vw_toggle key_in_query;
    const char *ca_pem;
    size_t max_message_bytes;
    const char *proxy;
    int32_t retries;
    uint32_t retry_first_delay_ms;
    uint32_t retry_max_delay_ms;
    const char *streaming_url;
    size_t remember_generations;
    size_t remember_audio_bytes;
} vw_deepdub_config;
typedef struct vw_deepdub_tts_request {
    size_t struct_size;
    const char *text;
    const char *voice_prompt_id;
    const char *model;
    const char *locale;
    const char *generation_id;
    vw_format format;
    int32_t sample_rate;
    double target_duration;
    double tempo;
    double variance;
    double temperature;
    int64_t seed;
    vw_toggle prompt_boost;
    vw_toggle super_stretch;
    vw_toggle realtime;
    vw_toggle clean_audio;
    vw_toggle auto_gain;
    const char *accent_base_locale;
    const char *accent_locale;
    double accent_ratio;
    const char *performance_reference_prompt_id;
    const struct vw_cancel *cancel;
} vw_deepdub_tts_request;
typedef struct vw_deepdub_tts_result {
    size_t struct_size;
    char generation_id[40];
    uint64_t chunks;
    uint64_t bytes;
    uint64_t duplicates;
    double connect_ms;
    double first_chunk_ms;
    double total_ms;
    double queued_ms;
    double longest_gap_ms;
    uint64_t retries;
} vw_deepdub_tts_result;
typedef struct vw_deepdub_chunk {
    size_t struct_size;
    const uint8_t *data;
    size_t size;
    const uint8_t *samples;
    size_t samples_size;
    uint64_t index;
    const char *generation_id;
    int32_t is_final;
} vw_deepdub_chunk;
typedef int32_t (*vw_deepdub_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);
typedef struct vw_deepdub_post_options {
    size_t struct_size;
    const uint8_t *voice_reference;
    size_t voice_reference_size;
    const char *voice_reference_path;
    vw_toggle publish;
} vw_deepdub_post_options;
typedef struct vw_deepdub_voice_request {
    size_t struct_size;
    const uint8_t *audio;
    size_t audio_size;
    const char *audio_path;
    const char *filename;
    const char *title;
    const char *text;
    const char *locale;
    const char *gender;
    int32_t age;
    const char *speaking_style;
    const char *speaker_id;
    vw_toggle publish;
    const struct vw_cancel *cancel;
} vw_deepdub_voice_request;
typedef struct vw_deepdub_voice_changes {
    size_t struct_size;
    const char *name;
    const char *locale;
    const char *gender;
    int32_t age;
    const struct vw_cancel *cancel;
} vw_deepdub_voice_changes;
typedef struct vw_deepdub_usage_query {
    size_t struct_size;
    const char *from;
    const char *to;
    const char *model_id;
    const char *region;
    const struct vw_cancel *cancel;
} vw_deepdub_usage_query;
typedef struct vw_player_config {
    size_t struct_size;
    int32_t sample_rate;
    int32_t channels;
    uint32_t cushion_ms;
    uint32_t max_cushion_ms;
    uint32_t max_buffered_ms;
    float gain;
} vw_player_config;
typedef int32_t vw_player_activity;
typedef struct vw_player_state {
    size_t struct_size;
    vw_player_activity activity;
    int32_t has_track;
    uint64_t track_id;
    uint64_t track_position;
    uint64_t track_frames;
    int32_t track_is_complete;
    float gain;
    uint64_t tracks_waiting;
    uint64_t buffered_frames;
    double buffered_ms;
    uint64_t played_frames;
    uint64_t silent_frames;
    uint64_t underrun_frames;
    uint64_t underruns;
    double cushion_ms;
    uint64_t lost_ends;
} vw_player_state;
typedef struct vw_track_end {
    size_t struct_size;
    uint64_t id;
    vw_status status;
    int32_t flushed;
    const struct vw_error *error;
    uint64_t frames_played;
    uint64_t underruns;
} vw_track_end;
typedef struct vw_track_options {
    size_t struct_size;
    vw_format format;
    int32_t sample_rate;
    uint64_t id;
} vw_track_options;
typedef int32_t vw_session_state;
typedef int32_t vw_delivery;
typedef struct vw_session_state_change {
    size_t struct_size;
    vw_session_state state;
    const struct vw_error *error;
    double retry_in_ms;
} vw_session_state_change;
typedef void (*vw_session_state_fn)(const struct vw_session_state_change *change, void *user_data);
typedef struct vw_deepdub_session_options {
    size_t struct_size;
    uint32_t max_running;
    vw_delivery delivery;
    uint32_t keep_alive_ms;
    vw_session_state_fn on_state;
    void *user_data;
} vw_deepdub_session_options;
typedef int32_t (*vw_deepdub_line_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);
typedef struct vw_deepdub_line_end {
    size_t struct_size;
    vw_status status;
    const struct vw_error *error;
    const struct vw_deepdub_tts_result *result;
} vw_deepdub_line_end;
typedef void (*vw_deepdub_line_end_fn)(const struct vw_deepdub_line_end *end, void *user_data);
typedef struct vw_deepdub_line_options {
    size_t struct_size;
    vw_toggle front;
    vw_toggle resume;
    size_t max_buffered_bytes;
    vw_deepdub_line_chunk_fn on_chunk;
    vw_deepdub_line_end_fn on_end;
    void *user_data;
    const struct vw_player *player;
    uint64_t track_id;
} vw_deepdub_line_options;
typedef struct vw_deepdub_text_config {
    size_t struct_size;
    const char *voice_prompt_id;
    const char *model;
    const char *locale;
    vw_format format;
    int32_t sample_rate;
    vw_toggle accept_emojis;
    const char *target_gender;
    double first_audio_timeout;
    vw_toggle realtime;
} vw_deepdub_text_config;
typedef struct vw_deepdub_text_session_options {
    size_t struct_size;
    vw_delivery delivery;
    uint32_t keep_alive_ms;
    size_t max_unsent_bytes;
    vw_session_state_fn on_state;
    void *user_data;
} vw_deepdub_text_session_options;
typedef struct vw_deepdub_turn_options {
    size_t struct_size;
    size_t max_buffered_bytes;
    const struct vw_cancel *cancel;
    vw_deepdub_line_chunk_fn on_chunk;
    vw_deepdub_line_end_fn on_end;
    void *user_data;
    const struct vw_player *player;
    uint64_t track_id;
} vw_deepdub_turn_options;
typedef struct vw_deepdub_issue_request {
    size_t struct_size;
    const char *generation_id;
    const char *generated_text;
    const char *problem_word;
    const char *voice_prompt_id;
    const char *additional_comments;
    const uint8_t *problem_audio;
    size_t problem_audio_size;
    const char *problem_audio_path;
    double problem_seconds;
    const struct vw_cancel *cancel;
} vw_deepdub_issue_request;
typedef struct vw_deepdub_issue {
    size_t struct_size;
    const char *id;
    const char *state;
    const char *created_at;
    const char *updated_at;
    const char *generation_id;
    const char *generated_text;
    const char *problem_word;
    const char *voice_prompt_id;
    const char *additional_comments;
    double problem_seconds;
    const char *json;
} vw_deepdub_issue;
typedef struct vw_deepdub_report_options {
    size_t struct_size;
    const char *problem_word;
    double problem_seconds;
    const char *comments;
    double clip_seconds;
    const struct vw_cancel *cancel;
} vw_deepdub_report_options;
typedef struct vw_deepdub_outbox_options {
    size_t struct_size;
    uint64_t max_bytes;
    uint64_t max_reports;
    uint64_t max_delivered;
} vw_deepdub_outbox_options;
typedef struct vw_deepdub_outbox_summary {
    size_t struct_size;
    uint64_t delivered;
    uint64_t rejected;
    uint64_t waiting;
    vw_status status;
    double retry_after_seconds;
} vw_deepdub_outbox_summary;
typedef int32_t vw_outbox_state;
typedef struct vw_deepdub_outbox_report {
    size_t struct_size;
    const char *id;
    vw_outbox_state state;
    uint32_t attempts;
    double created;
    double delivered;
    const char *issue_id;
    vw_status error_status;
    int32_t error_http_status;
    const char *error_message;
    const char *generation_id;
    const char *problem_word;
    const char *voice_prompt_id;
    uint64_t clip_bytes;
    uint64_t size;
} vw_deepdub_outbox_report;
typedef int32_t (*vw_deepdub_outbox_report_fn)(const struct vw_deepdub_outbox_report *report, void *user_data);
typedef struct vw_deepdub_outbox_reports {
    size_t struct_size;
    size_t count;
    const struct vw_deepdub_outbox_report *const *reports;
} vw_deepdub_outbox_reports;
typedef struct vw_http_config {
    size_t struct_size;
    uint32_t connect_timeout_ms;
    uint32_t rest_timeout_ms;
    uint32_t idle_timeout_ms;
    vw_toggle allow_plaintext;
    const char *ca_pem;
    size_t max_message_bytes;
    const char *proxy;
    int32_t retries;
    uint32_t retry_first_delay_ms;
    uint32_t retry_max_delay_ms;
} vw_http_config;
typedef struct vw_save_to {
    size_t struct_size;
    const char *file;
    const char *directory;
} vw_save_to;
typedef struct vw_upload {
    size_t struct_size;
    const char *path;
    const uint8_t *data;
    size_t size;
    const char *name;
} vw_upload;
typedef struct vw_respeecher_config {
    size_t struct_size;
    const char *api_key;
    const char *email;
    const char *password;
    vw_toggle keep_password;
    const char *base_url;
    const struct vw_http_config *http;
} vw_respeecher_config;
typedef struct vw_endpoint {
    size_t struct_size;
    const char *name;
    const char *method;
    const char *path;
    const char *required;
    const char *optional;
    int32_t uploads;
    int32_t downloads;
    int32_t pages;
    int32_t deprecated;
    int32_t repeatable;
} vw_endpoint;
typedef int32_t (*vw_transfer_fn)(int64_t done, int64_t total, void *user_data);
typedef struct vw_respeecher_conversion {
    size_t struct_size;
    const char *voice_id;
    const char *narration_style_id;
    const char *accent_id;
    double semitones_correction;
    const char *label;
} vw_respeecher_conversion;
typedef struct vw_respeecher_job {
    size_t struct_size;
    const char *text;
    const char *text_language;
    const char *file;
    const uint8_t *data;
    size_t size;
    const char *data_name;
    const char *recording_id;
    const char *folder_id;
    const char *project_id;
    const char *place_name;
    const char *label;
    const struct vw_respeecher_conversion *conversions;
    size_t conversion_count;
    const char *calibration_id;
    const char *directory;
    uint32_t polling_first_ms;
    uint32_t polling_longest_ms;
    uint32_t polling_limit_ms;
} vw_respeecher_job;
typedef int32_t vw_respeecher_stage;
typedef struct vw_respeecher_progress {
    size_t struct_size;
    vw_respeecher_stage stage;
    const char *stage_name;
    uint64_t done;
    uint64_t total;
    const char *recording_id;
    uint64_t bytes;
} vw_respeecher_progress;
typedef int32_t (*vw_respeecher_progress_fn)(const struct vw_respeecher_progress *progress, void *user_data);
typedef struct vw_palabra_config {
    size_t struct_size;
    const char *api_key;
    const char *client_id;
    const char *client_secret;
    const char *base_url;
    const struct vw_http_config *http;
} vw_palabra_config;
typedef struct vw_palabra_waiting {
    size_t struct_size;
    uint32_t first_ms;
    uint32_t longest_ms;
    uint32_t limit_ms;
} vw_palabra_waiting;
typedef struct vw_palabra_new_voice {
    size_t struct_size;
    const char *name;
    const char *description;
    const struct vw_json *labels;
    const char *language;
    vw_toggle denoise;
    vw_toggle speech_normalization;
    const char *recording;
    const struct vw_json *extra;
    const struct vw_palabra_waiting *waiting;
} vw_palabra_new_voice;
typedef int32_t vw_palabra_clone_stage;
typedef struct vw_palabra_clone_progress {
    size_t struct_size;
    vw_palabra_clone_stage stage;
    uint64_t done;
    uint64_t total;
    const char *voice_id;
} vw_palabra_clone_progress;
typedef int32_t (*vw_palabra_clone_progress_fn)(const struct vw_palabra_clone_progress *progress, void *user_data);
const struct vw_error *vw_last_error(void);
const char *vw_version(void);
const char *vw_status_name(int32_t status);
const char *vw_status_text(int32_t status);
vw_status vw_set_log(vw_log_level level, vw_log_fn callback, void *user_data);
vw_status vw_cancel_new(struct vw_cancel **out);
vw_status vw_cancel_now(struct vw_cancel *cancel);
vw_status vw_cancel_free(struct vw_cancel *cancel);
vw_status vw_json_new(struct vw_json **out);
vw_status vw_json_parse(const char *text, size_t size, struct vw_json **out);
vw_status vw_json_free(struct vw_json *json);
vw_json_type vw_json_type_of(const struct vw_json *json, const char *pointer);
const char *vw_json_str(const struct vw_json *json, const char *pointer);
int64_t vw_json_int(const struct vw_json *json, const char *pointer, int64_t fallback);
double vw_json_number(const struct vw_json *json, const char *pointer, double fallback);
vw_toggle vw_json_bool(const struct vw_json *json, const char *pointer);
size_t vw_json_size(const struct vw_json *json, const char *pointer);
const char *vw_json_key(const struct vw_json *json, const char *pointer, size_t index);
vw_status vw_json_get(const struct vw_json *json, const char *pointer, struct vw_json **out);
vw_status vw_json_text(const struct vw_json *json, const char *pointer, const char **text);
vw_status vw_json_set_str(struct vw_json *json, const char *pointer, const char *value);
vw_status vw_json_set_int(struct vw_json *json, const char *pointer, int64_t value);
vw_status vw_json_set_number(struct vw_json *json, const char *pointer, double value);
vw_status vw_json_set_bool(struct vw_json *json, const char *pointer, vw_toggle value);
vw_status vw_json_set_null(struct vw_json *json, const char *pointer);
vw_status vw_json_set_json(struct vw_json *json, const char *pointer, const struct vw_json *value);
vw_status vw_format_for_path(const char *path, vw_format *out);
vw_status vw_audio_file_create(const char *path, vw_format format_code, int32_t sample_rate, struct vw_audio_file **out);
vw_status vw_audio_file_write(struct vw_audio_file *file, const uint8_t *data, size_t size);
vw_status vw_audio_file_seconds(const struct vw_audio_file *file, double *out);
vw_status vw_audio_file_finish(struct vw_audio_file *file);
vw_status vw_audio_file_free(struct vw_audio_file *file);
vw_status vw_decoder_config_init(struct vw_decoder_config *config);
vw_status vw_decoder_info_init(struct vw_decoder_info *info);
vw_status vw_decoder_new(const struct vw_decoder_config *config, struct vw_decoder **out);
vw_status vw_decoder_push_f32(struct vw_decoder *decoder, const uint8_t *data, size_t size, const float **samples, size_t *frames);
vw_status vw_decoder_push_s16(struct vw_decoder *decoder, const uint8_t *data, size_t size, const int16_t **samples, size_t *frames);
vw_status vw_decoder_finish_f32(struct vw_decoder *decoder, const float **samples, size_t *frames);
vw_status vw_decoder_finish_s16(struct vw_decoder *decoder, const int16_t **samples, size_t *frames);
vw_status vw_decoder_get_info(const struct vw_decoder *decoder, struct vw_decoder_info *info);
vw_status vw_decoder_free(struct vw_decoder *decoder);
vw_status vw_audio_file_create_decoded(const char *path, const struct vw_decoder_config *config, vw_wav_samples samples, struct vw_audio_file **out);
vw_status vw_audio_bytes_as_sent(vw_format format_code, int32_t sample_rate, const uint8_t *data, size_t size, struct vw_audio_bytes **out);
vw_status vw_audio_bytes_decoded(const struct vw_decoder_config *config, vw_wav_samples samples, const uint8_t *data, size_t size, struct vw_audio_bytes **out);
vw_status vw_audio_bytes_get(const struct vw_audio_bytes *bytes, const uint8_t **data, size_t *size);
vw_status vw_audio_bytes_free(struct vw_audio_bytes *bytes);
vw_status vw_deepdub_config_init(struct vw_deepdub_config *config);
vw_status vw_deepdub_client_new(const struct vw_deepdub_config *config, struct vw_deepdub_client **out);
vw_status vw_deepdub_client_free(struct vw_deepdub_client *client);
vw_status vw_deepdub_tts_request_init(struct vw_deepdub_tts_request *request);
vw_status vw_deepdub_tts_result_init(struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_stream_tts(const struct vw_deepdub_client *client, const struct vw_deepdub_tts_request *request, vw_deepdub_chunk_fn on_chunk, void *user_data, struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_post_options_init(struct vw_deepdub_post_options *options);
vw_status vw_deepdub_post_tts(const struct vw_deepdub_client *client, const struct vw_deepdub_tts_request *request, const struct vw_deepdub_post_options *options, vw_deepdub_chunk_fn on_chunk, void *user_data, struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_tts_retroactive(const struct vw_deepdub_client *client, const struct vw_deepdub_tts_request *request, struct vw_json **out);
vw_status vw_deepdub_voice_request_init(struct vw_deepdub_voice_request *request);
vw_status vw_deepdub_voice_changes_init(struct vw_deepdub_voice_changes *changes);
vw_status vw_deepdub_list_voices(const struct vw_deepdub_client *client, int32_t limit, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_get_voice(const struct vw_deepdub_client *client, const char *id, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_upload_voice(const struct vw_deepdub_client *client, const struct vw_deepdub_voice_request *request, struct vw_json **out);
vw_status vw_deepdub_update_voice(const struct vw_deepdub_client *client, const char *id, const struct vw_deepdub_voice_changes *changes, struct vw_json **out);
vw_status vw_deepdub_delete_voice(const struct vw_deepdub_client *client, const char *id, const struct vw_cancel *cancel);
vw_status vw_deepdub_classify_gender(const struct vw_deepdub_client *client, const uint8_t *audio, size_t size, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_classify_gender_at(const struct vw_deepdub_client *client, const char *url, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_classify_gender_upload(const struct vw_deepdub_client *client, const char *path, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_classify_gender_live(const struct vw_deepdub_client *client, const uint8_t *audio, size_t size, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_usage_query_init(struct vw_deepdub_usage_query *query);
vw_status vw_deepdub_usage(const struct vw_deepdub_client *client, const struct vw_deepdub_usage_query *query, struct vw_json **out);
vw_status vw_deepdub_usage_by_model(const struct vw_deepdub_client *client, const struct vw_deepdub_usage_query *query, struct vw_json **out);
vw_status vw_deepdub_get_capacity(const struct vw_deepdub_client *client, const char *model_id, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_set_capacity(const struct vw_deepdub_client *client, const char *model_id, int32_t size, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_deepdub_get_capacities(const struct vw_deepdub_client *client, const char *const *model_ids, size_t count, const struct vw_cancel *cancel, struct vw_json **out);
vw_status vw_player_config_init(struct vw_player_config *config);
vw_status vw_player_state_init(struct vw_player_state *state);
vw_status vw_track_end_init(struct vw_track_end *end);
vw_status vw_player_new(const struct vw_player_config *config, struct vw_player **out);
vw_status vw_player_free(struct vw_player *player);
vw_status vw_player_read(struct vw_player *player, float *out, size_t frames);
vw_status vw_player_pause(const struct vw_player *player);
vw_status vw_player_resume(const struct vw_player *player);
vw_status vw_player_flush(const struct vw_player *player);
vw_status vw_player_set_gain(const struct vw_player *player, float gain);
vw_status vw_player_set_cushion(const struct vw_player *player, uint32_t cushion_ms);
vw_status vw_player_get_state(const struct vw_player *player, struct vw_player_state *state);
vw_status vw_player_next_end(const struct vw_player *player, struct vw_track_end *end, int32_t *out);
vw_status vw_track_options_init(struct vw_track_options *options);
vw_status vw_player_begin(const struct vw_player *player, const struct vw_track_options *options, struct vw_track **out);
vw_status vw_track_write(const struct vw_track *track, const uint8_t *data, size_t size);
vw_status vw_track_write_samples(const struct vw_track *track, const float *samples, size_t frames);
vw_status vw_track_finish(const struct vw_track *track);
vw_status vw_track_fail(const struct vw_track *track, int32_t status);
vw_status vw_track_cancel(const struct vw_track *track);
vw_status vw_track_free(struct vw_track *track);
int32_t vw_track_on_chunk(const struct vw_deepdub_chunk *chunk, void *user_data);
vw_status vw_session_poll(const void *session, uint32_t timeout_ms);
vw_status vw_session_poll_handle(const void *session, intptr_t *out);
vw_status vw_session_wait_ready(const void *session, uint32_t timeout_ms);
vw_status vw_session_get_state(const void *session, vw_session_state *out);
vw_status vw_deepdub_session_options_init(struct vw_deepdub_session_options *options);
vw_status vw_deepdub_session_open(const struct vw_deepdub_client *client, const struct vw_deepdub_session_options *options, struct vw_deepdub_session **out);
vw_status vw_deepdub_session_free(struct vw_deepdub_session *session);
vw_status vw_deepdub_line_options_init(struct vw_deepdub_line_options *options);
vw_status vw_deepdub_session_speak(const struct vw_deepdub_session *session, const struct vw_deepdub_tts_request *request, const struct vw_deepdub_line_options *options, struct vw_deepdub_line **out);
vw_status vw_deepdub_line_cancel(struct vw_deepdub_line *line);
vw_status vw_deepdub_line_resume(struct vw_deepdub_line *line);
vw_status vw_deepdub_line_is_ended(const struct vw_deepdub_line *line, int32_t *out);
vw_status vw_deepdub_line_get_result(const struct vw_deepdub_line *line, struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_line_free(struct vw_deepdub_line *line);
vw_status vw_deepdub_session_stream(const struct vw_deepdub_session *session, const struct vw_deepdub_tts_request *request, const struct vw_deepdub_line_options *options, struct vw_deepdub_line_stream **out);
vw_status vw_deepdub_line_stream_next(struct vw_deepdub_line_stream *stream, uint32_t timeout_ms, const struct vw_deepdub_chunk **out);
vw_status vw_deepdub_line_stream_cancel(struct vw_deepdub_line_stream *stream);
vw_status vw_deepdub_line_stream_get_result(const struct vw_deepdub_line_stream *stream, struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_line_stream_free(struct vw_deepdub_line_stream *stream);
vw_status vw_deepdub_text_config_init(struct vw_deepdub_text_config *config);
vw_status vw_deepdub_text_session_options_init(struct vw_deepdub_text_session_options *options);
vw_status vw_deepdub_turn_options_init(struct vw_deepdub_turn_options *options);
vw_status vw_deepdub_text_session_open(const struct vw_deepdub_client *client, const struct vw_deepdub_text_config *config, const struct vw_deepdub_text_session_options *options, struct vw_deepdub_text_session **out);
vw_status vw_deepdub_text_session_free(struct vw_deepdub_text_session *session);
vw_status vw_deepdub_text_session_configure(const struct vw_deepdub_text_session *session, const struct vw_deepdub_text_config *config);
vw_status vw_deepdub_text_session_ping(const struct vw_deepdub_text_session *session, uint32_t timeout_ms, double *out_ms);
vw_status vw_deepdub_text_session_begin_turn(const struct vw_deepdub_text_session *session, const struct vw_deepdub_turn_options *options, struct vw_deepdub_turn **out);
vw_status vw_deepdub_turn_write(const struct vw_deepdub_turn *turn, const char *text, uint32_t timeout_ms);
vw_status vw_deepdub_turn_switch(const struct vw_deepdub_turn *turn, const char *locale, const char *voice_prompt_id, uint32_t timeout_ms);
vw_status vw_deepdub_turn_end(const struct vw_deepdub_turn *turn);
vw_status vw_deepdub_turn_cancel(const struct vw_deepdub_turn *turn);
vw_status vw_deepdub_turn_resume(const struct vw_deepdub_turn *turn);
vw_status vw_deepdub_turn_is_ended(const struct vw_deepdub_turn *turn, int32_t *out);
vw_status vw_deepdub_turn_get_result(const struct vw_deepdub_turn *turn, struct vw_deepdub_tts_result *result);
vw_status vw_deepdub_turn_free(struct vw_deepdub_turn *turn);
vw_status vw_deepdub_config_tag(const char *locale, const char *voice_prompt_id, char *buffer, size_t size, size_t *out_needed);
vw_status vw_deepdub_issue_request_init(struct vw_deepdub_issue_request *request);
vw_status vw_deepdub_create_issue(const struct vw_deepdub_client *client, const struct vw_deepdub_issue_request *request, struct vw_deepdub_issue **out);
vw_status vw_deepdub_get_issue(const struct vw_deepdub_client *client, const char *id, const struct vw_cancel *cancel, struct vw_deepdub_issue **out);
vw_status vw_deepdub_update_issue(const struct vw_deepdub_client *client, const char *id, const struct vw_deepdub_issue_request *changes, struct vw_deepdub_issue **out);
vw_status vw_deepdub_delete_issue(const struct vw_deepdub_client *client, const char *id, const struct vw_cancel *cancel);
vw_status vw_deepdub_issue_free(struct vw_deepdub_issue *issue);
vw_status vw_deepdub_report_options_init(struct vw_deepdub_report_options *options);
vw_status vw_deepdub_report(const struct vw_deepdub_client *client, const char *generation_id, const struct vw_deepdub_report_options *options, struct vw_deepdub_issue **out);
vw_status vw_deepdub_outbox_options_init(struct vw_deepdub_outbox_options *options);
vw_status vw_deepdub_outbox_summary_init(struct vw_deepdub_outbox_summary *summary);
vw_status vw_deepdub_outbox_open(const char *path, const struct vw_deepdub_outbox_options *options, struct vw_deepdub_outbox **out);
vw_status vw_deepdub_outbox_add(struct vw_deepdub_outbox *outbox, const struct vw_deepdub_issue_request *report, char *id);
vw_status vw_deepdub_outbox_add_report(struct vw_deepdub_outbox *outbox, const struct vw_deepdub_client *client, const char *generation_id, const struct vw_deepdub_report_options *options, char *id);
vw_status vw_deepdub_outbox_send(struct vw_deepdub_outbox *outbox, const struct vw_deepdub_client *client, vw_deepdub_outbox_report_fn on_report, void *user_data, const struct vw_cancel *cancel, struct vw_deepdub_outbox_summary *summary);
vw_status vw_deepdub_outbox_deliver(struct vw_deepdub_outbox *outbox, const struct vw_deepdub_client *client, uint32_t timeout_ms, vw_deepdub_outbox_report_fn on_report, void *user_data, const struct vw_cancel *cancel, struct vw_deepdub_outbox_summary *summary);
vw_status vw_deepdub_outbox_list(const struct vw_deepdub_outbox *outbox, struct vw_deepdub_outbox_reports **out);
vw_status vw_deepdub_outbox_reports_free(struct vw_deepdub_outbox_reports *reports);
vw_status vw_deepdub_outbox_retry(struct vw_deepdub_outbox *outbox, const char *id);
vw_status vw_deepdub_outbox_drop(struct vw_deepdub_outbox *outbox, const char *id);
vw_status vw_deepdub_outbox_free(struct vw_deepdub_outbox *outbox);
vw_status vw_http_config_init(struct vw_http_config *config);
vw_status vw_save_to_init(struct vw_save_to *to);
vw_status vw_upload_init(struct vw_upload *upload);
vw_status vw_respeecher_config_init(struct vw_respeecher_config *config);
vw_status vw_respeecher_client_new(const struct vw_respeecher_config *config, struct vw_respeecher_client **out);
vw_status vw_respeecher_client_free(struct vw_respeecher_client *client);
vw_status vw_respeecher_call(const struct vw_respeecher_client *client, const char *name, const struct vw_json *parameters, const struct vw_cancel *cancel, struct vw_json **answer);
const struct vw_endpoint *vw_respeecher_endpoint(size_t index);
vw_status vw_respeecher_login(const struct vw_respeecher_client *client, const struct vw_cancel *cancel, struct vw_json **account);
vw_status vw_respeecher_logout(const struct vw_respeecher_client *client, const struct vw_cancel *cancel);
vw_status vw_respeecher_list_open(const struct vw_respeecher_client *client, const char *name, const struct vw_json *parameters, const struct vw_cancel *cancel, struct vw_respeecher_list **out);
vw_status vw_respeecher_list_next(const struct vw_respeecher_list *list, struct vw_json **item);
vw_status vw_respeecher_list_offset(const struct vw_respeecher_list *list, uint64_t *offset);
vw_status vw_respeecher_list_free(struct vw_respeecher_list *list);
vw_status vw_respeecher_upload(const struct vw_respeecher_client *client, const char *name, const struct vw_json *parameters, const struct vw_upload *upload, vw_transfer_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **answer);
vw_status vw_respeecher_download(const struct vw_respeecher_client *client, const char *name, const struct vw_json *parameters, const struct vw_save_to *to, vw_transfer_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **saved);
vw_status vw_respeecher_download_url(const struct vw_respeecher_client *client, const char *url, const struct vw_save_to *to, vw_transfer_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **saved);
vw_status vw_respeecher_conversion_init(struct vw_respeecher_conversion *conversion);
vw_status vw_respeecher_job_init(struct vw_respeecher_job *job);
vw_status vw_respeecher_convert(const struct vw_respeecher_client *client, const struct vw_respeecher_job *job, vw_respeecher_progress_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **outcome);
vw_status vw_palabra_config_init(struct vw_palabra_config *config);
vw_status vw_palabra_client_new(const struct vw_palabra_config *config, struct vw_palabra_client **out);
vw_status vw_palabra_client_free(struct vw_palabra_client *client);
vw_status vw_palabra_call(const struct vw_palabra_client *client, const char *name, const struct vw_json *parameters, const struct vw_cancel *cancel, struct vw_json **answer);
const struct vw_endpoint *vw_palabra_endpoint(size_t index);
vw_status vw_palabra_download_url(const struct vw_palabra_client *client, const char *url, const struct vw_save_to *to, vw_transfer_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **saved);
vw_status vw_palabra_waiting_init(struct vw_palabra_waiting *waiting);
vw_status vw_palabra_regenerate_sample(const struct vw_palabra_client *client, const char *voice_id, const char *lang_code, const struct vw_palabra_waiting *waiting, const struct vw_cancel *cancel, struct vw_json **sample);
vw_status vw_palabra_list_open(const struct vw_palabra_client *client, const char *name, const struct vw_json *parameters, const struct vw_cancel *cancel, struct vw_palabra_list **out);
vw_status vw_palabra_list_next(const struct vw_palabra_list *list, struct vw_json **item);
vw_status vw_palabra_list_free(struct vw_palabra_list *list);
vw_status vw_palabra_new_voice_init(struct vw_palabra_new_voice *voice);
vw_status vw_palabra_clone(const struct vw_palabra_client *client, const struct vw_palabra_new_voice *voice, vw_palabra_clone_progress_fn on_progress, void *user_data, const struct vw_cancel *cancel, struct vw_json **made);
]]
local constants = {
    VW_UNSET_NUMBER = 0 / 0,
    VW_UNSET_SEED = -9223372036854775807LL - 1,
    VW_UNSET = -1,
    VW_NO_TIMEOUT = 4294967295,
    VW_CONTINUE = 0,
    VW_STOP = 1,
    VW_PAUSE = 2,
    VW_OUTBOX_ID_SIZE = 40,
    VW_OFF = 0,
    VW_ON = 1,
    VW_LOG_OFF = 0,
    VW_LOG_ERROR = 1,
    VW_LOG_WARN = 2,
    VW_LOG_INFO = 3,
    VW_LOG_DEBUG = 4,
    VW_JSON_ABSENT = 0,
    VW_JSON_NULL = 1,
    VW_JSON_BOOL = 2,
    VW_JSON_NUMBER = 3,
    VW_JSON_TEXT = 4,
    VW_JSON_ARRAY = 5,
    VW_JSON_OBJECT = 6,
    VW_FORMAT_MP3 = 1,
    VW_FORMAT_WAV = 2,
    VW_FORMAT_OPUS = 3,
    VW_FORMAT_MULAW = 4,
    VW_FORMAT_S16LE = 5,
    VW_WAV_S16 = 1,
    VW_WAV_F32 = 2,
    VW_REGION_US = 0,
    VW_REGION_EU = 1,
    VW_PLAYER_IDLE = 0,
    VW_PLAYER_FILLING = 1,
    VW_PLAYER_PLAYING = 2,
    VW_PLAYER_PAUSED = 3,
    VW_DELIVERY_IO_THREAD = 0,
    VW_DELIVERY_POLL = 1,
    VW_SESSION_CONNECTING = 0,
    VW_SESSION_READY = 1,
    VW_SESSION_LOST = 2,
    VW_SESSION_CLOSED = 3,
    VW_OUTBOX_WAITING = 0,
    VW_OUTBOX_REJECTED = 1,
    VW_OUTBOX_DELIVERED = 2,
    VW_OUTBOX_UNREADABLE = 3,
    VW_RESPEECHER_PREPARING = 0,
    VW_RESPEECHER_UPLOADING = 1,
    VW_RESPEECHER_PROCESSING = 2,
    VW_RESPEECHER_ORDERING = 3,
    VW_RESPEECHER_CONVERTING = 4,
    VW_RESPEECHER_DOWNLOADING = 5,
    VW_PALABRA_CLONE_UPLOADING = 0,
    VW_PALABRA_CLONE_PROCESSING = 1,
    VW_OK = 0,
    VW_ERR_INVALID_ARGUMENT = 1,
    VW_ERR_UNAUTHORIZED = 2,
    VW_ERR_RATE_LIMITED = 3,
    VW_ERR_QUOTA_EXCEEDED = 4,
    VW_ERR_INSUFFICIENT_CREDITS = 5,
    VW_ERR_REJECTED_INPUT = 6,
    VW_ERR_NOT_FOUND = 7,
    VW_ERR_NETWORK = 8,
    VW_ERR_TLS = 9,
    VW_ERR_TIMEOUT = 10,
    VW_ERR_CLOSED = 11,
    VW_ERR_PROTOCOL = 12,
    VW_ERR_SERVER = 13,
    VW_ERR_CANCELLED = 14,
    VW_ERR_FILE = 15,
    VW_ERR_INTERNAL = 16,
    VW_ERR_BUFFER_FULL = 17,
    VW_ERR_BAD_AUDIO = 18,
    VW_ERR_OUTBOX_FULL = 19,
    VW_ERR_LOCKED = 20,
}
-- <<<

-- A module that is loaded again, as while a game is being written, finds its types declared.
if not pcall(ffi.typeof, "vw_error") then
    ffi.cdef(declarations)
end

local voicewire, deepdub = {}, {}
for name, value in pairs(constants) do
    voicewire[name] = value
end
local CONTINUE, STOP, PAUSE = constants.VW_CONTINUE, constants.VW_STOP, constants.VW_PAUSE
local INVALID_ARGUMENT = constants.VW_ERR_INVALID_ARGUMENT

--- The fields of each struct, as they are declared: name → { name, type, count }.
local structs = {}
for name, body in declarations:gmatch("typedef struct (vw_[%w_]+) (%b{}) vw_[%w_]+;") do
    local fields = {}
    for type, field, count in body:gmatch("\n%s*([^;]-)([%w_]+)(%[?%d*%]?);") do
        fields[field] = { name = field, type = type:gsub("%s+$", ""), count = count ~= "" }
    end
    structs[name] = fields
end

--- Numbers that have names: type → name in lower case → number, and back.
local enums = {}
for type, prefix in pairs({
    vw_format = "VW_FORMAT_",
    vw_region = "VW_REGION_",
    vw_wav_samples = "VW_WAV_",
    vw_player_activity = "VW_PLAYER_",
    vw_session_state = "VW_SESSION_",
    vw_outbox_state = "VW_OUTBOX_",
    vw_json_type = "VW_JSON_",
    vw_respeecher_stage = "VW_RESPEECHER_",
    vw_palabra_clone_stage = "VW_PALABRA_CLONE_",
}) do
    local numbers, names = {}, {}
    for name, number in pairs(constants) do
        if name:sub(1, #prefix) == prefix and name ~= "VW_OUTBOX_ID_SIZE" then
            numbers[name:sub(#prefix + 1):lower()], names[number] = number, name:sub(#prefix + 1):lower()
        end
    end
    enums[type] = { numbers = numbers, names = names }
end

-- The library ---------------------------------------------------------------------------------------------------------

--- Where the library may be: paths, best first.
local function candidates(named)
    if named then
        return { named }
    end
    local files = ({ Windows = { "voicewire.dll" }, OSX = { "libvoicewire.dylib", "voicewire.so" } })[ffi.os]
        or { "libvoicewire.so", "voicewire.so" }
    local folders = {}
    -- Beside this file.
    local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
    folders[#folders + 1] = here
    -- Where C modules are.
    for template in package.cpath:gmatch("[^;]+") do
        folders[#folders + 1] = template:match("^(.*[/\\])[^/\\]*%?")
    end
    -- Beside the game, and beside its .love file.
    local filesystem = type(love) == "table" and love.filesystem
    if filesystem then
        folders[#folders + 1] = filesystem.getSource() .. "/"
        folders[#folders + 1] = filesystem.getSourceBaseDirectory() .. "/"
    end
    local paths = {}
    for _, folder in ipairs(folders) do
        for _, file in ipairs(files) do
            paths[#paths + 1] = folder .. file
        end
    end
    return paths
end

--- Keeps the library loaded when its Lua state ends: threads of its own may still be at work.
local function pin(path)
    pcall(function()
        if ffi.os == "Windows" then
            pcall(ffi.cdef, "void *LoadLibraryA(const char *name);")
            return ffi.C.LoadLibraryA(path)
        end
        pcall(ffi.cdef, "void *dlopen(const char *name, int mode);")
        return ffi.C.dlopen(path, 1)
    end)
end

--- The library: the one named by VOICEWIRE_LIBRARY; else the one that is linked into the program; else libvoicewire.so
-- (voicewire.dll, libvoicewire.dylib) beside this file, in a folder of package.cpath, in the game's folder or beside it;
-- else the system's.
local function find()
    local named = os.getenv("VOICEWIRE_LIBRARY")
    named = named ~= "" and named or nil
    if not named and pcall(function() return ffi.C.vw_version end) then
        return ffi.C
    end
    local paths, failures = candidates(named), {}
    for _, path in ipairs(paths) do
        local file = io.open(path, "rb")
        if file then
            file:close()
            local loaded, library = pcall(ffi.load, path)
            if loaded then
                pin(path)
                return library
            end
            failures[#failures + 1] = tostring(library)
        else
            failures[#failures + 1] = path .. " is not there"
        end
    end
    if not named then
        local loaded, library = pcall(ffi.load, "voicewire")
        if loaded then
            pin(({ Windows = "voicewire.dll", OSX = "libvoicewire.dylib" })[ffi.os] or "libvoicewire.so")
            return library
        end
        failures[#failures + 1] = tostring(library)
    end
    error("voicewire's shared library was not found; set VOICEWIRE_LIBRARY to its path. Tried:\n   "
        .. table.concat(failures, "\n   "), 0)
end

local lib = find()

--- The version of the library, such as "0.1.0".
function voicewire.version()
    return ffi.string(lib.vw_version())
end

-- Errors --------------------------------------------------------------------------------------------------------------

local Error = {}
Error.__index = Error
Error.__name = "voicewire.Error"

function Error:__tostring()
    return self.description
end

--- Whether something is an error object of this module.
function voicewire.is_error(object)
    return type(object) == "table" and getmetatable(object) == Error
end

local function text(pointer)
    if pointer ~= nil then
        return ffi.string(pointer)
    end
    return nil
end

--- The kind of a status: "timeout" for VW_ERR_TIMEOUT, "ok" for VW_OK.
local function kind_of(status)
    return (ffi.string(lib.vw_status_name(status)):gsub("^VW_ERR_", ""):gsub("^VW_", ""):lower())
end

local function known(number)
    number = tonumber(number)
    if number >= 0 then
        return number
    end
    return nil
end

--- An error object of a struct; nil for NULL. What is not known is nil in it: a number that is negative, no HTTP status.
local function error_of(struct)
    if struct == nil then
        return nil
    end
    local failure = { kind = kind_of(struct.status) }
    for name, field in pairs(structs.vw_error) do
        if field.type == "const char *" then
            failure[name] = text(struct[name])
        elseif name ~= "struct_size" then
            failure[name] = known(struct[name])
        end
    end
    if failure.http_status == 0 then
        failure.http_status = nil
    end
    return setmetatable(failure, Error)
end

--- The caller's line in the program: the first outside of this file.
local function place()
    local ours = debug.getinfo(1, "S").source
    for level = 3, 20 do
        local info = debug.getinfo(level, "Sl")
        if not info then
            break
        elseif info.source ~= ours and info.currentline > 0 then
            return info.short_src .. ":" .. info.currentline .. ": "
        end
    end
    return ""
end

local function last_error()
    local failure = error_of(lib.vw_last_error())
    if failure.status == INVALID_ARGUMENT then
        failure.description = place() .. failure.description
    end
    return failure
end

local function check(status)
    if status ~= 0 then
        error(last_error(), 0)
    end
end

local function refuse(field, message)
    error(setmetatable({
        status = INVALID_ARGUMENT,
        kind = "invalid_argument",
        message = message,
        description = place() .. "invalid argument: " .. field .. ": " .. message,
        field = field,
        chunks_received = 0,
        bytes_received = 0,
        attempts = 0,
    }, Error), 0)
end

-- Values to C and back ------------------------------------------------------------------------------------------------

local function a_string(value, field)
    if type(value) ~= "string" then
        refuse(field, "a string is wanted, not a " .. type(value))
    elseif value:find("\0", 1, true) then
        refuse(field, "a text with a NUL in it")
    end
    return value
end

local function bytes(value, field)
    if type(value) == "table" and type(value.data) == "string" then
        value = value.data
    end
    if type(value) ~= "string" then
        refuse(field, "a string of bytes is wanted, not a " .. type(value))
    end
    return value
end

local RANGES = {
    int32_t = { -2 ^ 31, 2 ^ 31 - 1 },
    uint32_t = { 0, 2 ^ 32 - 1 },
    size_t = { 0, ffi.sizeof("size_t") == 4 and 2 ^ 32 - 1 or 2 ^ 53 },
    uint64_t = { 0, 2 ^ 53 },
    int64_t = { -2 ^ 53, 2 ^ 53 },
}

-- Numbers with names that nothing above knows.
for name in declarations:gmatch("typedef int32_t (vw_[%w_]+);") do
    RANGES[name] = enums[name] == nil and RANGES.int32_t or nil
end

local function is_int64(value)
    return type(value) == "cdata" and (ffi.istype("int64_t", value) or ffi.istype("uint64_t", value))
end

local function integer(value, field, type_name)
    local range = RANGES[type_name]
    if type_name:sub(-4) == "64_t" and is_int64(value) then
        return value
    elseif type(value) ~= "number" or value ~= math.floor(value) or value < range[1] or value > range[2] then
        refuse(field, ("a whole number from %.0f to %.0f is wanted, not %s"):format(range[1], range[2], tostring(value)))
    end
    return value
end

--- A time limit in milliseconds: nil is `default`, math.huge is none.
local function limit(value, field, default)
    if value == nil then
        return default
    elseif value == math.huge then
        return constants.VW_NO_TIMEOUT
    end
    return integer(value, field, "uint32_t")
end

local function number(value, field)
    if type(value) ~= "number" then
        refuse(field, "a number is wanted, not a " .. type(value))
    end
    return value
end

local function enum(value, field, type_name)
    local named = enums[type_name]
    local code = type(value) == "string" and named.numbers[value] or value
    if type(code) ~= "number" or not named.names[code] then
        local names = {}
        for name in pairs(named.numbers) do
            names[#names + 1] = '"' .. name .. '"'
        end
        table.sort(names)
        refuse(field, "one of " .. table.concat(names, ", ") .. " is wanted, not " .. tostring(value))
    end
    return code
end

local classes = {} -- by the name of the C type
local live -- the handle of an object, below

--- Sets one field of a struct.
local function set(struct, field, value)
    local name, type_name = field.name, field.type
    if type_name == "const char *" then
        struct[name] = a_string(value, name)
    elseif type_name == "const uint8_t *" then
        struct[name], struct[name == "data" and "size" or name .. "_size"] = bytes(value, name), #bytes(value, name)
    elseif type_name == "vw_toggle" then
        if type(value) ~= "boolean" then
            refuse(name, "true or false is wanted, not " .. tostring(value))
        end
        struct[name] = value and 1 or 0
    elseif enums[type_name] then
        struct[name] = enum(value, name, type_name)
    elseif RANGES[type_name] then
        struct[name] = name:find("_ms$") and limit(value, name) or integer(value, name, type_name)
    elseif type_name == "double" or type_name == "float" then
        struct[name] = number(value, name)
    else
        local class = classes[type_name:match("^const struct ([%w_]+) %*$")]
        if not class then
            refuse(name, "is not an option")
        end
        struct[name] = live(value, class, name)
    end
end

--- Whether a field says how large the struct is, or what is at a pointer in it: nothing that a program may say.
local function counted(fields, key)
    local bytes = type(key) == "string" and fields[key:gsub("_?size$", "")]
    return key == "struct_size" or key == "size" or key == "conversion_count"
        or bytes and bytes.type == "const uint8_t *" and key ~= bytes.name
end

--- A new struct with its defaults and what `options` say. Names in `elsewhere` (a set, or a struct's fields) are left to
-- others; any other that the struct does not have is an error. The struct points into the options' strings: keep them
-- for as long as it is used.
local function fill(name, options, ...)
    local struct, fields = ffi.new(name), structs[name]
    check(lib[name .. "_init"](struct))
    for key, value in pairs(options) do
        local field = fields[key]
        if field and not counted(fields, key) and key ~= "user_data" and not field.type:find("_fn$") then
            set(struct, field, value)
        else
            local wanted = false
            for _, elsewhere in ipairs({ ... }) do
                wanted = wanted or elsewhere[key]
            end
            if not wanted or counted(fields, key) or key == "user_data" then
                refuse(tostring(key), "there is no such option")
            end
        end
    end
    return struct
end

local function options_of(options, field)
    if options == nil then
        return {}
    elseif type(options) ~= "table" then
        refuse(field or "options", "a table is wanted, not a " .. type(options))
    end
    local copy = {}
    for key, value in pairs(options) do
        copy[key] = value
    end
    return copy
end

local function a_function(value, field)
    if value ~= nil and type(value) ~= "function" then
        refuse(field, "a function is wanted, not a " .. type(value))
    end
    return value
end

local read

--- One field of a struct as Lua has it; nil for NULL and NaN.
local function get(struct, field)
    local value, type_name = struct[field.name], field.type
    if field.count or type_name == "const char *" then
        return text(value)
    elseif type_name == "const struct vw_error *" then
        return error_of(value)
    elseif type_name == "const struct vw_deepdub_tts_result *" then
        return value ~= nil and read("vw_deepdub_tts_result", value) or nil
    elseif enums[type_name] then
        return enums[type_name].names[value] or value
    elseif type_name:find("%*$") then
        return nil
    end
    value = tonumber(value)
    if value == value then
        return value
    end
end

--- A struct as a table.
function read(name, struct, into)
    if into ~= nil and type(into) ~= "table" then
        refuse("into", "a table is wanted, not a " .. type(into))
    end
    into = into or {}
    for key, field in pairs(structs[name]) do
        if key ~= "struct_size" then
            into[key] = get(struct, field)
        end
    end
    return into
end

-- Objects -------------------------------------------------------------------------------------------------------------

--- A class of objects that hold a handle. `free` may call back when `calls_back`.
local function class(ctype, calls_back)
    local methods = { _ctype = ctype, __name = "voicewire." .. ctype:gsub("^vw_", "") }
    methods.__index = methods
    local c_free = lib[ctype .. "_free"]
    local function free(handle)
        return c_free(handle)
    end
    -- C that calls back into Lua must not be called from compiled code.
    if calls_back then
        jit.off(free)
    end
    methods._free = free
    methods._out = ffi.typeof("struct " .. ctype .. " *[1]")
    classes[ctype] = methods
    return methods
end

local function object(methods, out, fields)
    fields = fields or {}
    fields._handle = ffi.gc(out[0], methods._free)
    return setmetatable(fields, methods)
end

--- The handle of a live object of a class.
function live(self, methods, field)
    if type(self) ~= "table" or getmetatable(self) ~= methods then
        refuse(field or "self", "a " .. methods.__name .. " is wanted, not " .. tostring(self)
            .. (field and "" or ": methods are called with a colon"))
    end
    local handle = self._handle
    if handle == nil then
        refuse(field or methods._ctype, "the " .. methods.__name .. " has been closed")
    end
    return handle
end

--- What was raised inside a callback: an error must not pass through C.
local raised = {}

local function rethrow()
    local first = raised[1]
    if first then
        raised = {}
        error(first.value, 0)
    end
end

--- Calls a function of the program from a callback.
local function protected(callback, ...)
    local succeeded, value = pcall(callback, ...)
    if succeeded then
        return true, value
    end
    raised[#raised + 1] = { value = value }
    return false
end

local function close(self, methods)
    if type(self) ~= "table" or getmetatable(self) ~= methods then
        live(self, methods)
    end
    local handle = self._handle
    if handle ~= nil then
        self._handle = nil
        ffi.gc(handle, nil)
        local status = methods._free(handle)
        rethrow()
        check(status)
    end
end
jit.off(close)

-- Tokens --------------------------------------------------------------------------------------------------------------

local Cancel = class("vw_cancel")

--- Something that ends calls and lines: give it to them as `cancel`.
function voicewire.cancel()
    local out = Cancel._out()
    check(lib.vw_cancel_new(out))
    return object(Cancel, out)
end

--- Ends everything that has this token, now and in future.
function Cancel:cancel()
    check(lib.vw_cancel_now(live(self, Cancel)))
end

function Cancel:close()
    close(self, Cancel)
end

-- Decoding ------------------------------------------------------------------------------------------------------------

local Decoder = class("vw_decoder")

--- Decodes audio while it streams: vw_decoder_config's fields, and `samples`: "f32" (the default) or "s16".
function voicewire.decoder(options)
    options = options_of(options)
    local wanted = options.samples == nil and "f32" or options.samples
    if wanted ~= "f32" and wanted ~= "s16" then
        refuse("samples", 'one of "f32", "s16" is wanted, not ' .. tostring(wanted))
    end
    local config = fill("vw_decoder_config", options, { samples = true })
    local out = Decoder._out()
    check(lib.vw_decoder_new(config, out))
    return object(Decoder, out, {
        _push = lib["vw_decoder_push_" .. wanted],
        _finish = lib["vw_decoder_finish_" .. wanted],
        _pointer = ffi.typeof(wanted == "f32" and "const float *[1]" or "const int16_t *[1]"),
        _array = ffi.typeof(wanted == "f32" and "float[?]" or "int16_t[?]"),
        _size = wanted == "f32" and 4 or 2,
    })
end

--- A copy of what was handed out: the decoder's own is good until the next call only.
local function decoded(self, status, pointer, frames)
    local failure = status ~= 0 and last_error() or nil
    if failure and failure.status ~= constants.VW_ERR_BAD_AUDIO then
        error(failure, 0)
    end
    local count, channels = tonumber(frames[0]), self:info().channels
    local samples = self._array(count * channels)
    if count > 0 then
        ffi.copy(samples, pointer[0], count * channels * self._size)
    end
    if failure then
        failure.samples, failure.frames, failure.channels = samples, count, channels
        error(failure, 0)
    end
    return samples, count, channels
end

--- Takes bytes (or a chunk). Returns an array of interleaved samples, which counts from 0, frames and channels. The error of
-- broken audio has in samples, frames and channels what was good before it.
function Decoder:push(data)
    local handle, pointer, frames = live(self, Decoder), self._pointer(), ffi.new("size_t[1]")
    data = bytes(data, "data")
    return decoded(self, self._push(handle, data, #data, pointer, frames), pointer, frames)
end

--- No more comes: what was still inside.
function Decoder:finish()
    local handle, pointer, frames = live(self, Decoder), self._pointer(), ffi.new("size_t[1]")
    return decoded(self, self._finish(handle, pointer, frames), pointer, frames)
end

--- What it has found out: sample_rate, channels, source_format (nil until it is known) …
function Decoder:info()
    local info = ffi.new("vw_decoder_info")
    check(lib.vw_decoder_info_init(info))
    check(lib.vw_decoder_get_info(live(self, Decoder), info))
    local known_so_far = read("vw_decoder_info", info)
    if known_so_far.source_format == 0 then
        known_so_far.source_format = nil
    end
    return known_so_far
end

function Decoder:close()
    close(self, Decoder)
end

-- Files ---------------------------------------------------------------------------------------------------------------

local AudioFile = class("vw_audio_file")

--- Begins a file for the chunks of one generation as they were sent: `format` (default: by the path's ending) at
-- `sample_rate` (default 48000). With `decoded` a WAV file of what they decode to: `samples` "s16" (the default) or "f32",
-- and vw_decoder_config's fields.
function voicewire.audio_file(path, options)
    a_string(path, "path")
    options = options_of(options)
    local out = AudioFile._out()
    if options.decoded then
        local samples = enum(options.samples == nil and "s16" or options.samples, "samples", "vw_wav_samples")
        local config = fill("vw_decoder_config", options, { decoded = true, samples = true })
        check(lib.vw_audio_file_create_decoded(path, config, samples, out))
    else
        for key in pairs(options) do
            if key ~= "format" and key ~= "sample_rate" and key ~= "decoded" then
                refuse(tostring(key), "there is no such option")
            end
        end
        local format
        if options.format ~= nil then
            format = enum(options.format, "format", "vw_format")
        else
            local by_ending = ffi.new("vw_format[1]")
            check(lib.vw_format_for_path(path, by_ending))
            format = by_ending[0]
        end
        local rate = options.sample_rate == nil and 48000 or integer(options.sample_rate, "sample_rate", "int32_t")
        check(lib.vw_audio_file_create(path, format, rate, out))
    end
    return object(AudioFile, out)
end

--- Adds bytes, or a chunk.
function AudioFile:write(data)
    local handle = live(self, AudioFile)
    data = bytes(data, "data")
    check(lib.vw_audio_file_write(handle, data, #data))
end

--- Seconds of audio written so far.
function AudioFile:seconds()
    local out = ffi.new("double[1]")
    check(lib.vw_audio_file_seconds(live(self, AudioFile), out))
    return out[0]
end

--- Completes the file and gives it its name. Waits for the disk.
function AudioFile:finish()
    check(lib.vw_audio_file_finish(live(self, AudioFile)))
end

--- Removes a file that was not finished.
function AudioFile:close()
    close(self, AudioFile)
end

local AudioBytes = class("vw_audio_bytes")

local function taken(out)
    local file = object(AudioBytes, out)
    local data, size = ffi.new("const uint8_t *[1]"), ffi.new("size_t[1]")
    check(lib.vw_audio_bytes_get(file._handle, data, size))
    local copy = ffi.string(data[0], tonumber(size[0]))
    close(file, AudioBytes)
    return copy
end

-- Playing -------------------------------------------------------------------------------------------------------------

local Player, Track = class("vw_player"), class("vw_track")

--- A playback buffer: vw_player_config's fields. Keep it as long as it plays.
function voicewire.player(options)
    local config = fill("vw_player_config", options_of(options))
    local out = Player._out()
    check(lib.vw_player_new(config, out))
    return object(Player, out, {
        sample_rate = config.sample_rate,
        channels = config.channels,
        _state = ffi.new("vw_player_state"),
        _end = ffi.new("vw_track_end"),
        _size = 0,
    })
end

local floats = ffi.typeof("float[?]")

--- The next `frames` frames: an array of interleaved floats that counts from 0 and is good until the next read. Silence
-- where there is nothing to be heard; never waits.
function Player:read(frames)
    local handle = live(self, Player)
    if frames ~= self._last then
        integer(frames, "frames", "uint32_t")
        if frames * self.channels > 2 ^ 26 then
            refuse("frames", "more than a read may have")
        end
        self._last = frames
    end
    if self._size < frames * self.channels then
        self._size = frames * self.channels
        self._buffer = floats(self._size)
    end
    check(lib.vw_player_read(handle, self._buffer or floats(1), frames))
    return self._buffer
end

local function is_sound_data(sound)
    return type(sound) == "userdata" and sound:typeOf("SoundData")
end

--- Fills a SoundData of LÖVE's with what comes next, of the player's channels and rate with 16 bits, for
-- Source:queue(sound). Never waits.
function Player:read_into(sound)
    live(self, Player)
    local is, sound_data = pcall(is_sound_data, sound)
    if not is or not sound_data then
        refuse("sound", "a SoundData of LÖVE's is wanted, not a " .. type(sound))
    end
    local frames, channels = sound:getSampleCount(), sound:getChannelCount()
    if sound:getBitDepth() ~= 16 or channels ~= self.channels or sound:getSampleRate() ~= self.sample_rate then
        refuse("sound", ("a SoundData of %d Hz, 16 bits and %d channels is wanted"):format(self.sample_rate, self.channels))
    end
    local samples = self:read(frames)
    local out = ffi.cast("int16_t *", sound:getFFIPointer())
    for i = 0, frames * channels - 1 do
        -- Rounded and clamped.
        local sample = math.floor(samples[i] * 32768 + 0.5)
        out[i] = math.max(-32768, math.min(32767, sample))
    end
end

--- Fades out, and is silent until resume().
function Player:pause()
    check(lib.vw_player_pause(live(self, Player)))
end

function Player:resume()
    check(lib.vw_player_resume(live(self, Player)))
end

--- Barge-in: silences all tracks that have been begun, from the next read on, and cancels the lines that play here.
function Player:flush()
    check(lib.vw_player_flush(live(self, Player)))
end

--- What samples are multiplied by, 0 to 8.
function Player:set_gain(gain)
    check(lib.vw_player_set_gain(live(self, Player), number(gain, "gain")))
end

--- The cushion in milliseconds.
function Player:set_cushion(cushion_ms)
    check(lib.vw_player_set_cushion(live(self, Player), integer(cushion_ms, "cushion_ms", "uint32_t")))
end

--- How it stands, exact to a read: vw_player_state's fields, activity being "idle", "filling", "playing" or "paused".
-- `into` is a table to be filled in place of a new one.
function Player:state(into)
    local handle, state = live(self, Player), self._state
    check(lib.vw_player_state_init(state))
    check(lib.vw_player_get_state(handle, state))
    return read("vw_player_state", state, into)
end

--- The next track that is over for the ear: vw_track_end's fields and kind ("ok", "cancelled" …); nil when there is none
-- now.
function Player:next_end()
    local handle, ended, is = live(self, Player), self._end, ffi.new("int32_t[1]")
    check(lib.vw_track_end_init(ended))
    check(lib.vw_player_next_end(handle, ended, is))
    if is[0] == 1 then
        local told = read("vw_track_end", ended)
        told.kind, told.flushed = kind_of(told.status), told.flushed == 1
        return told
    end
    return nil
end

--- Begins a track that the program writes itself: format, sample_rate, id.
function Player:begin(options)
    local handle = live(self, Player)
    local track_options, out = fill("vw_track_options", options_of(options)), Track._out()
    check(lib.vw_player_begin(handle, track_options, out))
    return object(Track, out, { player = self })
end

function Player:close()
    close(self, Player)
end

--- Adds bytes (or a chunk) of the track's format, cut anywhere.
function Track:write(data)
    local handle = live(self, Track)
    data = bytes(data, "data")
    check(lib.vw_track_write(handle, data, #data))
end

--- Adds samples: a table of numbers from -1 to 1, interleaved for the player's channels.
function Track:write_samples(samples)
    local handle, channels = live(self, Track), self.player.channels
    if type(samples) ~= "table" or #samples % channels ~= 0 then
        refuse("samples", "a table of numbers is wanted, so many for each channel")
    end
    for _, sample in ipairs(samples) do
        number(sample, "samples")
    end
    check(lib.vw_track_write_samples(handle, floats(#samples + 1, samples), #samples / channels))
end

--- All of it has been written.
function Track:finish()
    check(lib.vw_track_finish(live(self, Track)))
end

--- Ends it, after what was written, with an error or a status that its end tells.
function Track:fail(reason)
    local handle = live(self, Track)
    local status = voicewire.is_error(reason) and reason.status or reason
    check(lib.vw_track_fail(handle, integer(status, "status", "int32_t")))
end

--- Silences it from the next read on.
function Track:cancel()
    check(lib.vw_track_cancel(live(self, Track)))
end

function Track:close()
    close(self, Track)
end

-- Deepdub: one text at a time -----------------------------------------------------------------------------------------

voicewire.deepdub = deepdub

--- The voice of the vendor's public trial.
deepdub.TRIAL_VOICE = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

local Client = class("vw_deepdub_client", true)

--- A client: vw_deepdub_config's fields; the key from DEEPDUB_API_KEY unless api_key is given.
function deepdub.client(options)
    options = options_of(options)
    local config, out = fill("vw_deepdub_config", options), Client._out()
    check(lib.vw_deepdub_client_new(config, out))
    return object(Client, out)
end

--- Ends its calls, and closes its sessions.
function Client:close()
    close(self, Client)
end

--- What speaks and hears lines, turns and calls, by the number that C gets as user_data.
local hearers, last_hearer = setmetatable({}, { __mode = "v" }), 0

local function hearer_of(user_data)
    return hearers[tonumber(ffi.cast("intptr_t", user_data))]
end

local function heard_by(hearer)
    last_hearer = last_hearer + 1
    hearers[last_hearer] = hearer
    return ffi.cast("void *", last_hearer), last_hearer
end

local ANSWERS = { [false] = STOP, stop = STOP, pause = PAUSE }

local function result_of(struct)
    return read("vw_deepdub_tts_result", struct)
end

--- Tells a call's on_progress how far it is, and what that answers.
local function told(user_data, make)
    local hearer = hearer_of(user_data)
    if not hearer then
        return STOP
    end
    local succeeded, answer = protected(function()
        return hearer._on_progress(make())
    end)
    return succeeded and (ANSWERS[answer] or CONTINUE) or STOP
end

--- The functions that C calls: made once, when they are first needed, since LuaJIT has room for a few hundred only and
-- some systems for none. Lines that play on a player get by with on_end.
local callbacks = {}

local function callback(name)
    local made = callbacks[name]
    if made then
        return made
    end
    if name == "on_chunk" then
        made = ffi.cast("vw_deepdub_line_chunk_fn", function(chunk, user_data)
            local hearer = hearer_of(user_data)
            if not hearer then
                return STOP
            end
            local succeeded, answer = protected(hearer._on_chunk, {
                data = ffi.string(chunk.data, chunk.size),
                samples = chunk.samples ~= nil and ffi.string(chunk.samples, chunk.samples_size) or nil,
                index = tonumber(chunk.index),
                generation_id = text(chunk.generation_id),
                is_final = chunk.is_final == 1,
            })
            return succeeded and (ANSWERS[answer] or CONTINUE) or STOP
        end)
    elseif name == "on_end" then
        made = ffi.cast("vw_deepdub_line_end_fn", function(ended, user_data)
            local hearer = hearer_of(user_data)
            if hearer then
                protected(hearer._ended, hearer, error_of(ended.error), result_of(ended.result))
            end
        end)
    elseif name == "on_transfer" then
        made = ffi.cast("vw_transfer_fn", function(done, total, user_data)
            return told(user_data, function()
                return { done = tonumber(done), total = known(total) }
            end)
        end)
    elseif name == "on_job" then
        made = ffi.cast("vw_respeecher_progress_fn", function(progress, user_data)
            return told(user_data, function()
                return read("vw_respeecher_progress", progress)
            end)
        end)
    elseif name == "on_clone" then
        made = ffi.cast("vw_palabra_clone_progress_fn", function(progress, user_data)
            return told(user_data, function()
                return read("vw_palabra_clone_progress", progress)
            end)
        end)
    elseif name == "on_state" then
        made = ffi.cast("vw_session_state_fn", function(change, user_data)
            local hearer = hearer_of(user_data)
            if hearer then
                protected(hearer._on_state, {
                    state = enums.vw_session_state.names[change.state],
                    error = error_of(change.error),
                    retry_in_ms = known(change.retry_in_ms),
                })
            end
        end)
    else
        made = ffi.cast("vw_deepdub_outbox_report_fn", function(report, user_data)
            local hearer = hearer_of(user_data)
            local succeeded, answer = protected(hearer._on_report, read("vw_deepdub_outbox_report", report))
            return succeeded and (ANSWERS[answer] or CONTINUE) or STOP
        end)
    end
    callbacks[name] = made
    return made
end

--- Speaks one text, and returns when the generation has ended, with its result. vw_deepdub_tts_request's fields, and
-- on_chunk, which gets each chunk (data, samples, index, generation_id, is_final) as it comes, and stops by returning
-- false. Blocks: games want sessions.
function Client:stream(said, options)
    local handle = live(self, Client)
    options = options_of(options)
    options.text = a_string(said, "text")
    if type(options.on_chunk) ~= "function" then
        refuse("on_chunk", "a function is wanted, not a " .. type(options.on_chunk))
    end
    local request = fill("vw_deepdub_tts_request", options, { on_chunk = true })
    local result = ffi.new("vw_deepdub_tts_result")
    check(lib.vw_deepdub_tts_result_init(result))
    local hearer = { _on_chunk = options.on_chunk }
    local status = lib.vw_deepdub_stream_tts(handle, request,
        ffi.cast("vw_deepdub_chunk_fn", callback("on_chunk")), heard_by(hearer), result)
    hearer._on_chunk = nil -- and alive until here, as the options with the strings are
    rethrow()
    check(status)
    return result_of(result)
end
jit.off(Client.stream)

local Speech = {}
Speech.__index = Speech
Speech.__name = "voicewire.Speech"

--- Speaks one text and returns all of it: data (the bytes as they were sent), chunks, format, sample_rate, result,
-- generation_id. Options as for stream(), where on_chunk need not be given. Blocks: games want sessions.
function Client:say(said, options)
    live(self, Client)
    options = options_of(options)
    local chunks, on_chunk = {}, a_function(options.on_chunk, "on_chunk")
    options.on_chunk = function(chunk)
        chunks[#chunks + 1] = chunk.data
        if on_chunk then
            return on_chunk(chunk)
        end
    end
    local result = self:stream(said, options)
    local format = options.format == nil and constants.VW_FORMAT_MP3 or enum(options.format, "format", "vw_format")
    return setmetatable({
        data = table.concat(chunks),
        chunks = chunks,
        format = enums.vw_format.names[format],
        sample_rate = options.sample_rate,
        generation_id = result.generation_id,
        result = result,
    }, Speech)
end

--- Writes it to a file that plays.
function Speech:save(path)
    local file = voicewire.audio_file(path, { format = self.format, sample_rate = self.sample_rate })
    local succeeded, failure = pcall(function()
        for _, chunk in ipairs(self.chunks) do
            file:write(chunk)
        end
        file:finish()
    end)
    file:close()
    if not succeeded then
        error(failure, 0)
    end
end

--- The bytes of one file that plays, as it was sent: bare samples under a header.
function Speech:file()
    local out = AudioBytes._out()
    check(lib.vw_audio_bytes_as_sent(enums.vw_format.numbers[self.format], self.sample_rate or 48000, self.data,
        #self.data, out))
    return taken(out)
end

--- The bytes of a WAV file of what it decodes to, for love.filesystem.newFileData: output_rate, channels, and samples,
-- "s16" (the default) or "f32".
function Speech:wav(options)
    options = options_of(options)
    options.format, options.sample_rate = self.format, self.sample_rate
    local samples = enum(options.samples == nil and "s16" or options.samples, "samples", "vw_wav_samples")
    local config, out = fill("vw_decoder_config", options, { samples = true }), AudioBytes._out()
    check(lib.vw_audio_bytes_decoded(config, samples, self.data, #self.data, out))
    return taken(out)
end

-- Deepdub: sessions ---------------------------------------------------------------------------------------------------

local Session = class("vw_deepdub_session", true)
local TextSession = class("vw_deepdub_text_session", true)
local Line, Turn = class("vw_deepdub_line"), class("vw_deepdub_turn")

--- How many chunks wait for next_chunk() before the line is paused.
local WAITING = 16

--- What lines and turns are before C knows them.
local function voice_of(session, options)
    local voice = {
        session = session,
        ended = false,
        _waiting = {},
        _taken = 0,
        _paused = false,
        _on_end = a_function(options.on_end, "on_end"),
        player = options.player,
    }
    local on_chunk = a_function(options.on_chunk, "on_chunk")
    local wanted = on_chunk ~= nil or options.player == nil
    local weak = setmetatable({ voice = voice }, { __mode = "v" })
    voice._on_chunk = on_chunk or function(chunk)
        local waiting = weak.voice._waiting
        waiting[#waiting + 1] = chunk
        if #waiting - weak.voice._taken >= WAITING then
            weak.voice._paused = true
            return "pause"
        end
    end
    function voice._ended(self, failure, result)
        self.ended, self.error, self.result = true, failure, result
        self.session._voices[self] = nil
        if self._on_end then
            self._on_end(self)
        end
    end
    return voice, wanted
end

--- The methods that lines and turns share.
local function speaking(methods, prefix)
    --- Silences it at once; only its on_end still comes.
    function methods:cancel()
        check(lib[prefix .. "cancel"](live(self, methods)))
    end

    --- Lets chunks come again after on_chunk has returned "pause".
    function methods:resume()
        local handle = live(self, methods)
        self._paused = false
        check(lib[prefix .. "resume"](handle))
    end

    --- Whether it has ended for the service; its chunks and on_end may still be waiting for a poll, after which there are
    -- ended (true), error (nil when it went well) and result in it.
    function methods:is_ended()
        local out = ffi.new("int32_t[1]")
        check(lib[prefix .. "is_ended"](live(self, methods), out))
        return out[0] == 1
    end

    --- What it has come to so far: vw_deepdub_tts_result's fields.
    function methods:progress()
        local result = ffi.new("vw_deepdub_tts_result")
        check(lib.vw_deepdub_tts_result_init(result))
        check(lib[prefix .. "get_result"](live(self, methods), result))
        return result_of(result)
    end

    --- The next chunk of one that has neither on_chunk nor player; nil when none is there now. Few wait: it is paused
    -- meanwhile.
    function methods:next_chunk()
        live(self, methods)
        if self._taken == #self._waiting then
            return nil
        end
        self._taken = self._taken + 1
        local chunk = self._waiting[self._taken]
        self._waiting[self._taken] = false
        if self._taken == #self._waiting then
            self._waiting, self._taken = {}, 0
            if self._paused then
                self:resume()
            end
        end
        return chunk
    end

    --- Its chunks, waiting for each: for programs without frames. Raises what it failed with.
    function methods:chunks()
        live(self, methods)
        return function()
            while true do
                local chunk = self:next_chunk()
                if chunk then
                    return chunk
                elseif self.ended then
                    if self.error then
                        error(self.error, 0)
                    end
                    return nil
                end
                self.session:poll(math.huge)
            end
        end
    end

    --- Gives the handle back; what is spoken goes on.
    function methods:close()
        close(self, methods)
    end
end

speaking(Line, "vw_deepdub_line_")
speaking(Turn, "vw_deepdub_turn_")

--- The methods that both kinds of session share.
local function polled(methods)
    --- Makes the callbacks that are due: once a frame with 0, which is the default and does not wait; up to timeout_ms for
    -- the first. Errors in callbacks are raised here.
    function methods:poll(timeout_ms)
        local status = lib.vw_session_poll(live(self, methods), limit(timeout_ms, "timeout_ms", 0))
        rethrow()
        check(status)
    end
    jit.off(methods.poll)

    --- Waits until the connection is open: true; false when it is not after timeout_ms (default 10000).
    function methods:wait_ready(timeout_ms)
        local status = lib.vw_session_wait_ready(live(self, methods), limit(timeout_ms, "timeout_ms", 10000))
        if status == constants.VW_ERR_TIMEOUT and text(lib.vw_last_error().field) == "timeout_ms" then
            return false
        end
        check(status)
        return true
    end

    --- "connecting", "ready", "lost" or "closed".
    function methods:state()
        local out = ffi.new("vw_session_state[1]")
        check(lib.vw_session_get_state(live(self, methods), out))
        return enums.vw_session_state.names[out[0]]
    end

    --- What an event loop can wait for: a file descriptor, or a SOCKET. It is the session's.
    function methods:poll_handle()
        local out = ffi.new("intptr_t[1]")
        check(lib.vw_session_poll_handle(live(self, methods), out))
        return tonumber(out[0])
    end

    --- Cancels what is spoken, makes the callbacks that are left, and closes the connection.
    function methods:close()
        close(self, methods)
    end
end

polled(Session)
polled(TextSession)

--- Opens a session: vw_deepdub_session_options' fields, and on_state, which gets { state, error, retry_in_ms }. It calls
-- back in poll() only: no callbacks come in a game that does not poll.
function Client:open_session(options)
    local handle = live(self, Client)
    options = options_of(options)
    if options.delivery ~= nil then
        refuse("delivery", "there is no such option")
    end
    local on_state = a_function(options.on_state, "on_state")
    local session_options = fill("vw_deepdub_session_options", options, { on_state = true })
    session_options.delivery = constants.VW_DELIVERY_POLL
    local out = Session._out()
    local session = { client = self, _voices = {}, _on_state = on_state }
    if on_state then
        session_options.on_state, session_options.user_data = callback("on_state"), (heard_by(session))
    end
    check(lib.vw_deepdub_session_open(handle, session_options, out))
    return object(Session, out, session)
end

local SPOKEN = { on_chunk = true, on_end = true }

--- Speaks one text: vw_deepdub_tts_request's and vw_deepdub_line_options' fields. Returns at once. The chunks go to
-- `player`, to on_chunk(chunk), or wait for line:next_chunk(); on_end(line) is told of the end, with line.error and
-- line.result. on_chunk may return false, to stop, or "pause". track_id is line.track_id, a number of its own unless given.
function Session:speak(said, options)
    local handle = live(self, Session)
    options = options_of(options)
    options.text = a_string(said, "text")
    local line, hears = voice_of(self, options)
    local request = fill("vw_deepdub_tts_request", options, structs.vw_deepdub_line_options)
    local line_options = fill("vw_deepdub_line_options", options, structs.vw_deepdub_tts_request, SPOKEN)
    local user_data, id = heard_by(line)
    line_options.user_data = user_data
    line_options.on_end = callback("on_end")
    if hears then
        line_options.on_chunk = callback("on_chunk")
    end
    if options.track_id == nil then
        line_options.track_id = id
    end
    line.text, line.track_id = said, tonumber(line_options.track_id)
    self._voices[line] = true
    local out = Line._out()
    local status = lib.vw_deepdub_session_speak(handle, request, line_options, out)
    if status ~= 0 then
        self._voices[line] = nil
        check(status)
    end
    return object(Line, out, line)
end

-- Deepdub: text streamed in -------------------------------------------------------------------------------------------

--- Opens a text session: vw_deepdub_text_config's and vw_deepdub_text_session_options' fields, and on_state as in
-- open_session(). It calls back in poll() only.
function Client:open_text_session(options)
    local handle = live(self, Client)
    options = options_of(options)
    if options.delivery ~= nil then
        refuse("delivery", "there is no such option")
    end
    local on_state = a_function(options.on_state, "on_state")
    local config = fill("vw_deepdub_text_config", options, structs.vw_deepdub_text_session_options)
    local session_options = fill("vw_deepdub_text_session_options", options, structs.vw_deepdub_text_config,
        { on_state = true })
    session_options.delivery = constants.VW_DELIVERY_POLL
    local out = TextSession._out()
    local session = { client = self, _voices = {}, _on_state = on_state }
    if on_state then
        session_options.on_state, session_options.user_data = callback("on_state"), (heard_by(session))
    end
    check(lib.vw_deepdub_text_session_open(handle, config, session_options, out))
    return object(TextSession, out, session)
end

--- Changes how turns are spoken that begin from now on: vw_deepdub_text_config's fields, all of them.
function TextSession:configure(options)
    local handle = live(self, TextSession)
    options = options_of(options)
    check(lib.vw_deepdub_text_session_configure(handle, fill("vw_deepdub_text_config", options)))
end

--- Waits for a sign of life up to timeout_ms (default 10000). Returns how long it took, in milliseconds.
function TextSession:ping(timeout_ms)
    local out = ffi.new("double[1]")
    check(lib.vw_deepdub_text_session_ping(live(self, TextSession), limit(timeout_ms, "timeout_ms", 10000), out))
    return out[0]
end

--- Begins the next turn: vw_deepdub_turn_options' fields; chunks and the end as in speak().
function TextSession:begin_turn(options)
    local handle = live(self, TextSession)
    options = options_of(options)
    local turn, hears = voice_of(self, options)
    local turn_options = fill("vw_deepdub_turn_options", options, SPOKEN)
    local user_data, id = heard_by(turn)
    turn_options.user_data = user_data
    turn_options.on_end = callback("on_end")
    if hears then
        turn_options.on_chunk = callback("on_chunk")
    end
    if options.track_id == nil then
        turn_options.track_id = id
    end
    turn.track_id = tonumber(turn_options.track_id)
    self._voices[turn] = true
    local out = Turn._out()
    local status = lib.vw_deepdub_text_session_begin_turn(handle, turn_options, out)
    if status ~= 0 then
        self._voices[turn] = nil
        check(status)
    end
    return object(Turn, out, turn)
end

local function has_room(status)
    if status == constants.VW_ERR_TIMEOUT and text(lib.vw_last_error().field) == "max_unsent_bytes" then
        return false
    end
    check(status)
    return true
end

--- Adds to the turn's text. Returns true; false, and takes nothing of it, when there is no room within timeout_ms, which
-- is 0 by default: it does not wait.
function Turn:write(said, timeout_ms)
    return has_room(lib.vw_deepdub_turn_write(live(self, Turn), a_string(said, "text"),
        limit(timeout_ms, "timeout_ms", 0)))
end

--- Switches locale, voice_prompt_id or both for what is written after it. Returns as write() does.
function Turn:switch(options, timeout_ms)
    local handle = live(self, Turn)
    options = options_of(options)
    for key, value in pairs(options) do
        if key ~= "locale" and key ~= "voice_prompt_id" then
            refuse(tostring(key), "there is no such option")
        end
        a_string(value, key)
    end
    return has_room(lib.vw_deepdub_turn_switch(handle, options.locale, options.voice_prompt_id,
        limit(timeout_ms, "timeout_ms", 0)))
end

--- Ends the turn's text: the rest of it is spoken now.
function Turn:finish()
    check(lib.vw_deepdub_turn_end(live(self, Turn)))
end

-- Deepdub: reports ----------------------------------------------------------------------------------------------------

local function issue_of(out)
    local issue = read("vw_deepdub_issue", out[0])
    check(lib.vw_deepdub_issue_free(out[0]))
    return issue
end

local function issue_out()
    return ffi.new("vw_deepdub_issue *[1]")
end

--- Files a report about a generation that the client remembers, nil being the last: vw_deepdub_report_options' fields.
-- Returns the issue as the service has it. Blocks, as the next four do; games want an outbox, or a thread.
function Client:report(generation_id, options)
    local handle = live(self, Client)
    options = options_of(options)
    local report_options, out = fill("vw_deepdub_report_options", options), issue_out()
    check(lib.vw_deepdub_report(handle, generation_id ~= nil and a_string(generation_id, "generation_id") or nil,
        report_options, out))
    return issue_of(out)
end

--- Files a report: vw_deepdub_issue_request's fields, problem_audio being a string of bytes.
function Client:create_issue(options)
    local handle = live(self, Client)
    options = options_of(options)
    local request, out = fill("vw_deepdub_issue_request", options), issue_out()
    check(lib.vw_deepdub_create_issue(handle, request, out))
    return issue_of(out)
end

--- Reads a report.
function Client:get_issue(id, options)
    local handle, cancel, out = live(self, Client), options_of(options).cancel, issue_out()
    check(lib.vw_deepdub_get_issue(handle, a_string(id, "id"), cancel and live(cancel, Cancel, "cancel"), out))
    return issue_of(out)
end

--- Changes the fields of a report that are given.
function Client:update_issue(id, options)
    local handle = live(self, Client)
    options = options_of(options)
    local request, out = fill("vw_deepdub_issue_request", options), issue_out()
    check(lib.vw_deepdub_update_issue(handle, a_string(id, "id"), request, out))
    return issue_of(out)
end

--- Withdraws a report.
function Client:delete_issue(id, options)
    local handle, cancel = live(self, Client), options_of(options).cancel
    check(lib.vw_deepdub_delete_issue(handle, a_string(id, "id"), cancel and live(cancel, Cancel, "cancel")))
end

-- Deepdub: the outbox -------------------------------------------------------------------------------------------------

local Outbox = class("vw_deepdub_outbox")

--- Opens the outbox in a directory: vw_deepdub_outbox_options' fields.
function deepdub.outbox(path, options)
    local outbox_options, out = fill("vw_deepdub_outbox_options", options_of(options)), Outbox._out()
    check(lib.vw_deepdub_outbox_open(a_string(path, "path"), outbox_options, out))
    return object(Outbox, out)
end

local function outbox_id()
    return ffi.new("char[?]", constants.VW_OUTBOX_ID_SIZE)
end

--- Takes a report, as create_issue() has it, and returns its id when it is safe on the disk. Nothing is sent.
function Outbox:add(options)
    local handle = live(self, Outbox)
    options = options_of(options)
    local request, id = fill("vw_deepdub_issue_request", options), outbox_id()
    check(lib.vw_deepdub_outbox_add(handle, request, id))
    return ffi.string(id)
end

--- Takes a report about a generation that the client remembers, as client:report() has it.
function Outbox:report(client, generation_id, options)
    local handle = live(self, Outbox)
    options = options_of(options)
    local report_options, id = fill("vw_deepdub_report_options", options), outbox_id()
    check(lib.vw_deepdub_outbox_add_report(handle, live(client, Client, "client"),
        generation_id ~= nil and a_string(generation_id, "generation_id") or nil, report_options, id))
    return ffi.string(id)
end

--- Calls a function of C that sends, with the callback if there is one.
local function sent(options, send)
    options = options_of(options)
    for key in pairs(options) do
        if key ~= "on_report" and key ~= "cancel" then
            refuse(tostring(key), "there is no such option")
        end
    end
    local hearer = { _on_report = a_function(options.on_report, "on_report") }
    local cancel = options.cancel ~= nil and live(options.cancel, Cancel, "cancel") or nil
    local summary = ffi.new("vw_deepdub_outbox_summary")
    check(lib.vw_deepdub_outbox_summary_init(summary))
    local on_report = hearer._on_report and callback("on_report") or nil
    local status = send(on_report, (heard_by(hearer)), cancel, summary)
    hearer._on_report = nil -- and alive until here
    rethrow()
    check(status)
    local told = read("vw_deepdub_outbox_summary", summary)
    told.kind, told.retry_after_seconds = kind_of(told.status), known(told.retry_after_seconds)
    return told
end
jit.off(sent)

--- Sends what waits, once: { delivered, rejected, waiting, status, kind, retry_after_seconds }. Options: cancel, and
-- on_report, which is told of each report and stops by returning false. Blocks.
function Outbox:send(client, options)
    local handle, through = live(self, Outbox), live(client, Client, "client")
    local function send(on_report, user_data, cancel, summary)
        return lib.vw_deepdub_outbox_send(handle, through, on_report, user_data, cancel, summary)
    end
    jit.off(send)
    return sent(options, send)
end

--- Sends until nothing waits any more, or until timeout_ms have passed (math.huge: for as long as it takes). Blocks.
function Outbox:deliver(client, timeout_ms, options)
    local handle, through = live(self, Outbox), live(client, Client, "client")
    local time = limit(timeout_ms, "timeout_ms", constants.VW_NO_TIMEOUT)
    local function deliver(on_report, user_data, cancel, summary)
        return lib.vw_deepdub_outbox_deliver(handle, through, time, on_report, user_data, cancel, summary)
    end
    jit.off(deliver)
    return sent(options, deliver)
end

--- Everything in it, oldest first: vw_deepdub_outbox_report's fields, state being "waiting", "rejected", "delivered" or
-- "unreadable".
function Outbox:list()
    local out = ffi.new("vw_deepdub_outbox_reports *[1]")
    check(lib.vw_deepdub_outbox_list(live(self, Outbox), out))
    local reports = {}
    for i = 0, tonumber(out[0].count) - 1 do
        reports[i + 1] = read("vw_deepdub_outbox_report", out[0].reports[i])
    end
    check(lib.vw_deepdub_outbox_reports_free(out[0]))
    return reports
end

--- Has a rejected report wait again.
function Outbox:retry(id)
    check(lib.vw_deepdub_outbox_retry(live(self, Outbox), a_string(id, "id")))
end

--- Removes a report.
function Outbox:drop(id)
    check(lib.vw_deepdub_outbox_drop(live(self, Outbox), a_string(id, "id")))
end

function Outbox:close()
    close(self, Outbox)
end

-- JSON ----------------------------------------------------------------------------------------------------------------

--- JSON's null, where nil would be nothing: in what is sent, and in arrays that come. In objects that come it is nil.
voicewire.null = setmetatable({}, { __tostring = function()
    return "voicewire.null"
end })

local Array = { __name = "voicewire.array" }

--- Marks a table as an array: an empty one would be an object.
function voicewire.array(values)
    return setmetatable(values or {}, Array)
end

local MOST_NESTED = 100

local function freed(handle)
    return lib.vw_json_free(ffi.gc(handle, nil))
end

--- A handle of C's for a JSON value, which is freed when Lua has forgotten it.
local function json_handle(out)
    return ffi.gc(out[0], lib.vw_json_free)
end

local function json_out()
    return ffi.new("vw_json *[1]")
end

local function is_array(value)
    return getmetatable(value) == Array or value[1] ~= nil
end

local as_json

--- Puts a value at a place, which is one step below the whole.
local function put(handle, step, value, field, depth)
    if value == voicewire.null then
        check(lib.vw_json_set_null(handle, step))
    elseif type(value) == "string" then
        check(lib.vw_json_set_str(handle, step, a_string(value, field)))
    elseif type(value) == "boolean" then
        check(lib.vw_json_set_bool(handle, step, value and 1 or 0))
    elseif is_int64(value) or type(value) == "number" and value == math.floor(value) and math.abs(value) <= 2 ^ 53 then
        check(lib.vw_json_set_int(handle, step, value))
    elseif type(value) == "number" then
        check(lib.vw_json_set_number(handle, step, value))
    else
        local below = as_json(value, field, depth + 1)
        check(lib.vw_json_set_json(handle, step, below))
        freed(below)
    end
end

--- A table as C has it; NULL for nil.
function as_json(value, field, depth)
    if value == nil then
        return nil
    elseif type(value) ~= "table" then
        refuse(field, "what JSON has is wanted, not a " .. type(value))
    elseif depth > MOST_NESTED then
        refuse(field, "more than " .. MOST_NESTED .. " tables in one another")
    end
    local out = json_out()
    if is_array(value) then
        check(lib.vw_json_parse("[]", 2, out))
        local handle = json_handle(out)
        for _, element in ipairs(value) do
            put(handle, "/-", element, field, depth)
        end
        return handle
    end
    check(lib.vw_json_new(out))
    local handle = json_handle(out)
    for name, member in pairs(value) do
        if type(name) ~= "string" or name:find("\0", 1, true) then
            refuse(field, "names of members are strings without a NUL, not " .. tostring(name))
        end
        put(handle, "/" .. name:gsub("~", "~0"):gsub("/", "~1"), member, field .. "." .. name, depth)
    end
    return handle
end

--- What is at a place as Lua has it.
local function of_json(handle, pointer)
    local kind = enums.vw_json_type.names[lib.vw_json_type_of(handle, pointer)]
    if kind == "text" then
        return text(lib.vw_json_str(handle, pointer))
    elseif kind == "number" then
        return lib.vw_json_number(handle, pointer, 0)
    elseif kind == "bool" then
        return lib.vw_json_bool(handle, pointer) == 1
    elseif kind == "array" then
        local values = voicewire.array()
        for i = 1, tonumber(lib.vw_json_size(handle, pointer)) do
            local value = of_json(handle, pointer .. "/" .. i - 1)
            values[i] = value == nil and voicewire.null or value
        end
        return values
    elseif kind == "object" then
        local values = {}
        for i = 0, tonumber(lib.vw_json_size(handle, pointer)) - 1 do
            local name = text(lib.vw_json_key(handle, pointer, i))
            values[name] = of_json(handle, pointer .. "/" .. name:gsub("~", "~0"):gsub("/", "~1"))
        end
        return values
    end
    return nil
end

--- An answer that C has made, freed; nil for none.
local function answered(out)
    if out[0] == nil then
        return nil
    end
    local handle = json_handle(out)
    local value = of_json(handle, "")
    freed(handle)
    return value
end

-- Deepdub: the rest ---------------------------------------------------------------------------------------------------

--- Speaks one text over REST: as stream(), and vw_deepdub_post_options' fields besides.
function Client:post(said, options)
    local handle = live(self, Client)
    options = options_of(options)
    options.text = a_string(said, "text")
    if type(options.on_chunk) ~= "function" then
        refuse("on_chunk", "a function is wanted, not a " .. type(options.on_chunk))
    end
    local own = { on_chunk = true }
    local request = fill("vw_deepdub_tts_request", options, own, structs.vw_deepdub_post_options)
    local post = fill("vw_deepdub_post_options", options, own, structs.vw_deepdub_tts_request)
    local result = ffi.new("vw_deepdub_tts_result")
    check(lib.vw_deepdub_tts_result_init(result))
    local hearer = { _on_chunk = options.on_chunk }
    local status = lib.vw_deepdub_post_tts(handle, request, post,
        ffi.cast("vw_deepdub_chunk_fn", callback("on_chunk")), heard_by(hearer), result)
    hearer._on_chunk = nil -- and alive until here
    rethrow()
    check(status)
    return result_of(result)
end
jit.off(Client.post)

--- A method that makes a call with a struct of options, and answers with a table.
local function by_struct(struct, call)
    local function method(self, options)
        local handle, filled, out = live(self, Client), nil, json_out()
        options = options_of(options)
        filled = fill(struct, options)
        check(call(handle, filled, out))
        return answered(out)
    end
    jit.off(method)
    return method
end

--- A method that makes a call with a text, and answers with a table. Options: cancel.
local function by_text(field, call)
    return function(self, value, options)
        local handle, cancel, out = live(self, Client), options_of(options).cancel, json_out()
        check(call(handle, a_string(value, field), cancel and live(cancel, Cancel, "cancel"), out))
        return answered(out)
    end
end

--- The same with a string of bytes.
local function by_bytes(field, call)
    return function(self, value, options)
        local handle, cancel, out = live(self, Client), options_of(options).cancel, json_out()
        value = bytes(value, field)
        check(call(handle, value, #value, cancel and live(cancel, Cancel, "cancel"), out))
        return answered(out)
    end
end

--- Has one text spoken into a file at the service: stream()'s options, text among them. "url" says where.
Client.tts_retroactive = by_struct("vw_deepdub_tts_request", function(...)
    return lib.vw_deepdub_tts_retroactive(...)
end)

--- Makes a voice from a sample: vw_deepdub_voice_request's fields.
Client.upload_voice = by_struct("vw_deepdub_voice_request", function(...)
    return lib.vw_deepdub_upload_voice(...)
end)

--- What was spoken, by day, and by model: vw_deepdub_usage_query's fields.
Client.usage = by_struct("vw_deepdub_usage_query", function(...)
    return lib.vw_deepdub_usage(...)
end)
Client.usage_by_model = by_struct("vw_deepdub_usage_query", function(...)
    return lib.vw_deepdub_usage_by_model(...)
end)

--- The account's voices. Options: limit, cancel.
function Client:list_voices(options)
    local handle, out = live(self, Client), json_out()
    options = options_of(options)
    local most = options.limit == nil and constants.VW_UNSET or integer(options.limit, "limit", "int32_t")
    check(lib.vw_deepdub_list_voices(handle, most, options.cancel and live(options.cancel, Cancel, "cancel"), out))
    return answered(out)
end

--- One voice, by its id.
Client.get_voice = by_text("id", function(...)
    return lib.vw_deepdub_get_voice(...)
end)

--- Changes vw_deepdub_voice_changes' fields of a voice.
function Client:update_voice(id, changes)
    local handle, out = live(self, Client), json_out()
    changes = options_of(changes, "changes")
    local filled = fill("vw_deepdub_voice_changes", changes)
    check(lib.vw_deepdub_update_voice(handle, a_string(id, "id"), filled, out))
    return answered(out)
end
jit.off(Client.update_voice)

--- Deletes a voice.
Client.delete_voice = by_text("id", function(handle, id, cancel)
    return lib.vw_deepdub_delete_voice(handle, id, cancel)
end)

--- What gender a speaker sounds like: of an audio file's bytes, of one at an address, of one here, and over the WebSocket.
Client.classify_gender = by_bytes("audio", function(...)
    return lib.vw_deepdub_classify_gender(...)
end)
Client.classify_gender_at = by_text("url", function(...)
    return lib.vw_deepdub_classify_gender_at(...)
end)
Client.classify_gender_upload = by_text("path", function(...)
    return lib.vw_deepdub_classify_gender_upload(...)
end)
Client.classify_gender_live = by_bytes("audio", function(...)
    return lib.vw_deepdub_classify_gender_live(...)
end)

--- How many connections there are for a model, and should be.
Client.get_capacity = by_text("model_id", function(...)
    return lib.vw_deepdub_get_capacity(...)
end)

--- Sets how many there should be.
function Client:set_capacity(model_id, count, options)
    local handle, cancel, out = live(self, Client), options_of(options).cancel, json_out()
    check(lib.vw_deepdub_set_capacity(handle, a_string(model_id, "model_id"), integer(count, "size", "int32_t"),
        cancel and live(cancel, Cancel, "cancel"), out))
    return answered(out)
end

--- The same of a list of models.
function Client:get_capacities(model_ids, options)
    local handle, cancel, out = live(self, Client), options_of(options).cancel, json_out()
    local ids = options_of(model_ids, "model_ids")
    local c_ids = ffi.new("const char *[?]", math.max(1, #ids))
    for i, id in ipairs(ids) do
        c_ids[i - 1] = a_string(id, "model_ids")
    end
    check(lib.vw_deepdub_get_capacities(handle, c_ids, #ids, cancel and live(cancel, Cancel, "cancel"), out))
    return answered(out)
end
jit.off(Client.get_capacities)

-- Respeecher and Palabra ----------------------------------------------------------------------------------------------

--- What both have: a client of a service over HTTP, its calls by their names, its lists. Everything blocks: games have a
-- love.thread do it.
local function service(prefix)
    local module, Methods, List = {}, class(prefix .. "_client"), class(prefix .. "_list")

    --- A client: the fields of the service's config, and http, a table of vw_http_config's.
    function module.client(options)
        options = options_of(options)
        local http = fill("vw_http_config", options_of(options.http, "http"))
        options.http = nil
        local config, out = fill(prefix .. "_config", options), Methods._out()
        config.http = http
        check(lib[prefix .. "_client_new"](config, out))
        return object(Methods, out)
    end
    -- Compiled code may forget what only C still points to.
    jit.off(module.client)

    --- The calls of the service: tables of vw_endpoint's fields.
    function module.endpoints()
        local all = {}
        while true do
            local endpoint = lib[prefix .. "_endpoint"](#all)
            if endpoint == nil then
                return all
            end
            all[#all + 1] = read("vw_endpoint", endpoint)
        end
    end

    --- Makes one call by its name; parameters and answer are tables. Options: cancel.
    function Methods:call(name, parameters, options)
        local handle, cancel, out = live(self, Methods), options_of(options).cancel, json_out()
        local sent_along = as_json(parameters, "parameters", 0)
        check(lib[prefix .. "_call"](handle, a_string(name, "name"), sent_along,
            cancel and live(cancel, Cancel, "cancel"), out))
        return answered(out)
    end
    jit.off(Methods.call)

    --- The list of a call that answers with pages, to be gone through once: for item in client:list("list_voices") do.
    function Methods:list(name, parameters, options)
        local handle, cancel, out = live(self, Methods), options_of(options).cancel, List._out()
        local sent_along = as_json(parameters, "parameters", 0)
        check(lib[prefix .. "_list_open"](handle, a_string(name, "name"), sent_along,
            cancel and live(cancel, Cancel, "cancel"), out))
        return object(List, out)
    end
    jit.off(Methods.list)

    --- The next item; nil after the last.
    function List:next()
        local out = json_out()
        check(lib[prefix .. "_list_next"](live(self, List), out))
        return answered(out)
    end

    function List:__call()
        return self:next()
    end

    function List:close()
        close(self, List)
    end

    --- Makes a call that tells how far it is; `on` is C's callback for it. make(function, user_data, cancel, out). Not for
    -- tail calls: what C is given lives in the caller's locals.
    function Methods:_told(options, on, make)
        local hearer = { _on_progress = a_function(options.on_progress, "on_progress") }
        local cancel = options.cancel ~= nil and live(options.cancel, Cancel, "cancel") or nil
        local out = json_out()
        local status = make(hearer._on_progress and callback(on) or nil, (heard_by(hearer)), cancel, out)
        hearer._on_progress = nil -- and alive until here
        local failure = status ~= 0 and last_error() or nil
        local answer = answered(out)
        rethrow()
        if failure then
            failure.outcome = answer
            error(failure, 0)
        end
        return answer
    end
    jit.off(Methods._told)

    --- Downloads what a "url" in an answer leads to: vw_save_to's fields (file or directory), on_progress and cancel.
    -- Returns { path, bytes }.
    function Methods:download_url(url, options)
        local handle = live(self, Methods)
        a_string(url, "url")
        options = options_of(options)
        local to = fill("vw_save_to", options, { on_progress = true, cancel = true })
        local function make(on_progress, user_data, cancel, out)
            return lib[prefix .. "_download_url"](handle, url, to, on_progress, user_data, cancel, out)
        end
        jit.off(make)
        local saved = self:_told(options, "on_transfer", make)
        return saved
    end
    jit.off(Methods.download_url)

    --- Ends its calls.
    function Methods:close()
        close(self, Methods)
    end

    return module, Methods
end

local Market, Voices
voicewire.respeecher, Market = service("vw_respeecher")
voicewire.palabra, Voices = service("vw_palabra")

--- Signs in now; what the service says about the account.
function Market:login(options)
    local handle, cancel, out = live(self, Market), options_of(options).cancel, json_out()
    check(lib.vw_respeecher_login(handle, cancel and live(cancel, Cancel, "cancel"), out))
    return answered(out)
end

--- Signs out.
function Market:logout(options)
    local handle, cancel = live(self, Market), options_of(options).cancel
    check(lib.vw_respeecher_logout(handle, cancel and live(cancel, Cancel, "cancel")))
end

--- Makes a call that uploads: vw_upload's fields (path, or data and name), on_progress and cancel. What the service made.
function Market:upload(name, parameters, options)
    local handle, sent_along = live(self, Market), as_json(parameters, "parameters", 0)
    a_string(name, "name")
    options = options_of(options)
    local upload = fill("vw_upload", options, { on_progress = true, cancel = true })
    local function make(on_progress, user_data, cancel, out)
        return lib.vw_respeecher_upload(handle, name, sent_along, upload, on_progress, user_data, cancel, out)
    end
    jit.off(make)
    local made = self:_told(options, "on_transfer", make)
    return made
end
jit.off(Market.upload)

--- Makes a call whose answer is a file; options as for download_url().
function Market:download(name, parameters, options)
    local handle, sent_along = live(self, Market), as_json(parameters, "parameters", 0)
    a_string(name, "name")
    options = options_of(options)
    local to = fill("vw_save_to", options, { on_progress = true, cancel = true })
    local function make(on_progress, user_data, cancel, out)
        return lib.vw_respeecher_download(handle, name, sent_along, to, on_progress, user_data, cancel, out)
    end
    jit.off(make)
    local saved = self:_told(options, "on_transfer", make)
    return saved
end
jit.off(Market.download)

--- Text or audio in, finished files out: vw_respeecher_job's fields, conversions (a list of vw_respeecher_conversion's),
-- on_progress and cancel. Returns what vw_respeecher_convert says: files, failures, recording_id … The error of a job that
-- failed has as its outcome what came of it.
function Market:convert(job)
    local handle = live(self, Market)
    local options = options_of(job, "job")
    local wanted = options_of(options.conversions, "conversions")
    options.conversions = nil
    local c_job = fill("vw_respeecher_job", options, { on_progress = true, cancel = true })
    local conversions = ffi.new("vw_respeecher_conversion[?]", math.max(1, #wanted))
    for i, conversion in ipairs(wanted) do
        conversions[i - 1] = fill("vw_respeecher_conversion", options_of(conversion, "conversions"))
    end
    c_job.conversions, c_job.conversion_count = conversions, #wanted
    local function make(on_progress, user_data, cancel, out)
        return lib.vw_respeecher_convert(handle, c_job, on_progress, user_data, cancel, out)
    end
    jit.off(make)
    local outcome = self:_told(options, "on_job", make)
    wanted[0] = conversions -- alive until here, as the strings are
    return outcome
end
jit.off(Market.convert)

--- Replaces a voice's samples by one in a language. Options: waiting (a table of vw_palabra_waiting's fields; without it a
-- voice that is being regenerated is an error at once), cancel.
function Voices:regenerate_sample(voice_id, lang_code, options)
    local handle, out = live(self, Voices), json_out()
    options = options_of(options)
    local waiting = options.waiting and fill("vw_palabra_waiting", options_of(options.waiting, "waiting"))
    check(lib.vw_palabra_regenerate_sample(handle, a_string(voice_id, "voice_id"), a_string(lang_code, "lang_code"),
        waiting, options.cancel and live(options.cancel, Cancel, "cancel"), out))
    return answered(out)
end
jit.off(Voices.regenerate_sample)

--- Makes a voice of a recording: vw_palabra_new_voice's fields, labels, extra and waiting being tables; on_progress and
-- cancel. Returns the voice.
function Voices:clone(voice)
    local handle = live(self, Voices)
    local options = options_of(voice, "voice")
    local labels, extra = as_json(options.labels, "labels", 0), as_json(options.extra, "extra", 0)
    local waiting = fill("vw_palabra_waiting", options_of(options.waiting, "waiting"))
    options.labels, options.extra, options.waiting = nil, nil, nil
    local c_voice = fill("vw_palabra_new_voice", options, { on_progress = true, cancel = true })
    c_voice.labels, c_voice.extra, c_voice.waiting = labels, extra, waiting
    local function make(on_progress, user_data, cancel, out)
        return lib.vw_palabra_clone(handle, c_voice, on_progress, user_data, cancel, out)
    end
    jit.off(make)
    local made = self:_told(options, "on_clone", make)
    return made
end
jit.off(Voices.clone)

return voicewire
