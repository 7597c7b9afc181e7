/* Decoding while streaming, and saving what was decoded, from C. */
#include "check.h"

#include <math.h>

#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

static vw_decoder *new_decoder(vw_format format, int32_t sample_rate, int32_t output_rate, int32_t channels) {
    vw_decoder_config config;
    vw_decoder *decoder = NULL;
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    config.format = format;
    config.sample_rate = sample_rate;
    config.output_rate = output_rate;
    config.channels = channels;
    CHECK_STATUS(vw_decoder_new(&config, &decoder), VW_OK);
    return decoder;
}

static vw_decoder_info info_of(vw_decoder *decoder) {
    vw_decoder_info info;
    CHECK_STATUS(vw_decoder_info_init(&info), VW_OK);
    CHECK_STATUS(vw_decoder_get_info(decoder, &info), VW_OK);
    return info;
}

static void samples_come_out_as_they_went_in(void) {
    static const uint8_t bytes[] = {0x01, 0x00, 0xff, 0x7f, 0x00, 0x80, 0xff};
    const int16_t *s16 = NULL;
    const float *f32 = NULL;
    size_t frames = 99;
    vw_decoder *decoder = new_decoder(VW_FORMAT_S16LE, 24000, VW_UNSET, 2);
    CHECK(info_of(decoder).sample_rate == 0 && info_of(decoder).channels == 2);
    CHECK(info_of(decoder).source_format == 0 && info_of(decoder).source_rate == 0);
    CHECK_STATUS(vw_decoder_push_s16(decoder, bytes, 3, &s16, &frames), VW_OK);
    CHECK(frames == 1 && s16[0] == 1 && s16[1] == 1);
    CHECK_STATUS(vw_decoder_push_s16(decoder, bytes + 3, 4, &s16, &frames), VW_OK);
    CHECK(frames == 2 && s16[0] == 32767 && s16[1] == 32767 && s16[2] == -32768 && s16[3] == -32768);
    CHECK_STATUS(vw_decoder_push_f32(decoder, bytes + 2, 1, &f32, &frames), VW_OK);
    CHECK(frames == 1 && f32[0] == -1.0f / 32768.0f && f32[1] == f32[0]);
    CHECK_STATUS(vw_decoder_push_f32(decoder, NULL, 0, &f32, &frames), VW_OK);
    CHECK(frames == 0 && f32 == NULL);
    CHECK_STATUS(vw_decoder_finish_f32(decoder, &f32, &frames), VW_OK);
    CHECK(frames == 0);
    CHECK_STATUS(vw_decoder_finish_s16(decoder, &s16, &frames), VW_OK);
    CHECK(info_of(decoder).sample_rate == 24000 && info_of(decoder).source_channels == 1);
    CHECK(info_of(decoder).source_format == VW_FORMAT_S16LE && fabs(info_of(decoder).seconds - 4.0 / 24000) < 1e-9);
    frames = 77;
    CHECK_REFUSED(vw_decoder_push_s16(decoder, bytes, 2, &s16, &frames), "chunk");
    CHECK(frames == 77);
    CHECK_STATUS(vw_decoder_free(decoder), VW_OK);
}

static void what_was_good_comes_with_the_error(void) {
    /* 8-bit mono at 8000 Hz, and a header after it that makes no sense. */
    static const char wav[] = "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\4\0\0\0\x80\xff\0\x80"
                              "RIFF\x28\0\0\0WAVEdata\4\0\0\0";
    const int16_t *s16 = NULL;
    const float *f32 = NULL;
    size_t frames = 0;
    vw_decoder *decoder = new_decoder(VW_FORMAT_MP3, VW_UNSET, VW_UNSET, VW_UNSET);
    CHECK_STATUS(vw_decoder_push_s16(decoder, (const uint8_t *)wav, sizeof wav - 1, &s16, &frames), VW_ERR_BAD_AUDIO);
    CHECK(frames == 4 && s16[0] == 0 && s16[1] == 127 * 256 && s16[2] == -32768 && s16[3] == 0);
    CHECK(vw_last_error()->audio_byte == 48 + 12 && fabs(vw_last_error()->audio_seconds - 0.0005) < 1e-9);
    CHECK_STATUS(vw_decoder_push_f32(decoder, (const uint8_t *)wav, 1, &f32, &frames), VW_ERR_BAD_AUDIO);
    CHECK(frames == 0 && f32 == NULL && vw_last_error()->audio_byte == 48 + 12);
    CHECK_STATUS(vw_decoder_finish_s16(decoder, &s16, &frames), VW_ERR_BAD_AUDIO);
    CHECK_STATUS(vw_decoder_free(decoder), VW_OK);
    CHECK_REFUSED(vw_decoder_free(decoder), "vw_decoder");
    CHECK(vw_last_error()->audio_byte == -1 && vw_last_error()->audio_seconds < 0);
}

static void files_are_made_in_memory(void) {
    static const uint8_t two[] = {0x01, 0x00, 0x02, 0x00};
    static const uint8_t broken[] = "<html>nothing";
    const uint8_t *wav = NULL, *again = NULL;
    size_t size = 0, again_size = 0;
    vw_audio_bytes *sent = NULL, *joined = NULL, *decoded = NULL;
    vw_decoder_config config;
    CHECK_STATUS(vw_audio_bytes_as_sent(VW_FORMAT_S16LE, 8000, two, sizeof two, &sent), VW_OK);
    CHECK_STATUS(vw_audio_bytes_get(sent, &wav, &size), VW_OK);
    CHECK(size == 48 && memcmp(wav, "RIFF\x28\0\0\0WAVE", 12) == 0 && memcmp(wav + 44, two, 4) == 0);
    /* A WAV file is what it was; decoded to 16 bits it is the same again. */
    CHECK_STATUS(vw_audio_bytes_as_sent(VW_FORMAT_WAV, 1, wav, size, &joined), VW_OK);
    CHECK_STATUS(vw_audio_bytes_get(joined, &again, &again_size), VW_OK);
    CHECK(again_size == size && memcmp(wav, again, size) == 0);
    CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
    CHECK_STATUS(vw_audio_bytes_decoded(&config, VW_WAV_S16, wav, size, &decoded), VW_OK);
    CHECK_STATUS(vw_audio_bytes_get(decoded, &again, &again_size), VW_OK);
    CHECK(again_size == size && memcmp(wav, again, size) == 0);
    CHECK_STATUS(vw_audio_bytes_free(decoded), VW_OK);
    config.channels = 2;
    CHECK_STATUS(vw_audio_bytes_decoded(&config, VW_WAV_F32, wav, size, &decoded), VW_OK);
    CHECK_STATUS(vw_audio_bytes_get(decoded, &again, &again_size), VW_OK);
    CHECK(again_size == 44 + 16 && again[20] == 3 && again[22] == 2 && again[34] == 32);
    CHECK_STATUS(vw_audio_bytes_free(decoded), VW_OK);
    decoded = NULL;
    CHECK_STATUS(vw_audio_bytes_decoded(&config, VW_WAV_S16, broken, sizeof broken, &decoded), VW_ERR_BAD_AUDIO);
    CHECK(decoded == NULL && vw_last_error()->audio_byte == 0);
    CHECK_STATUS(vw_audio_bytes_free(sent), VW_OK);
    CHECK_STATUS(vw_audio_bytes_free(joined), VW_OK);
}

typedef struct {
    vw_decoder *decoder;
    vw_audio_file *file;
    size_t frames;
    double energy;
} heard;

static int32_t on_chunk(const vw_deepdub_chunk *chunk, void *user_data) {
    heard *heard = user_data;
    const float *samples;
    size_t frames, i;
    CHECK_STATUS(vw_decoder_push_f32(heard->decoder, chunk->data, chunk->size, &samples, &frames), VW_OK);
    for (i = 0; i < frames * 2; i++) heard->energy += (double)samples[i] * samples[i];
    heard->frames += frames;
    CHECK_STATUS(vw_audio_file_write(heard->file, chunk->data, chunk->size), VW_OK);
    return VW_CONTINUE;
}

static void every_format_is_decoded_while_it_streams(vw_deepdub_client *client, const char *directory) {
    vw_format format;
    for (format = VW_FORMAT_MP3; format <= VW_FORMAT_S16LE; format++) {
        vw_deepdub_tts_request request;
        vw_decoder_config config;
        vw_decoder_info info;
        heard heard = {0};
        const float *samples;
        size_t frames;
        double seconds = 0;
        char path[512];
        FILE *file;
        snprintf(path, sizeof path, "%s/decoded-%d.wav", directory, (int)format);
        CHECK_STATUS(vw_deepdub_tts_request_init(&request), VW_OK);
        request.text = "Who goes there? Nobody, sir.";
        request.voice_prompt_id = VOICE;
        request.format = format;
        request.sample_rate = 16000;
        request.target_duration = 1.5;
        heard.decoder = new_decoder(format, 16000, 22050, 2);
        CHECK_STATUS(vw_decoder_config_init(&config), VW_OK);
        config.format = format;
        config.sample_rate = 16000;
        config.channels = 2;
        CHECK_STATUS(vw_audio_file_create_decoded(path, &config, VW_WAV_F32, &heard.file), VW_OK);
        CHECK_STATUS(vw_deepdub_stream_tts(client, &request, on_chunk, &heard, NULL), VW_OK);
        CHECK_STATUS(vw_decoder_finish_f32(heard.decoder, &samples, &frames), VW_OK);
        heard.frames += frames;
        info = info_of(heard.decoder);
        CHECK(info.sample_rate == 22050 && info.channels == 2 && info.source_channels == 1);
        CHECK(info.source_rate == (format == VW_FORMAT_OPUS ? 48000u : 16000u) && info.source_format == format);
        CHECK(fabs(info.seconds - 1.5) < 0.1 && fabs((double)heard.frames / 22050 - info.seconds) < 1e-3);
        CHECK(heard.energy / (double)heard.frames > 1e-5);
        CHECK_STATUS(vw_audio_file_seconds(heard.file, &seconds), VW_OK);
        CHECK(fabs(seconds - info.seconds) < 0.05);
        CHECK_STATUS(vw_audio_file_finish(heard.file), VW_OK);
        CHECK_STATUS(vw_audio_file_free(heard.file), VW_OK);
        CHECK_STATUS(vw_decoder_free(heard.decoder), VW_OK);
        file = fopen(path, "rb");
        CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
        CHECK(labs(ftell(file) - 44 - 8 * (long)(info.seconds * info.source_rate + 0.5)) <= 8);
        fclose(file);
    }
}

int main(void) {
    vw_deepdub_config config = sandbox_config();
    vw_deepdub_client *client = NULL;
    CHECK_STATUS(vw_deepdub_client_new(&config, &client), VW_OK);
    samples_come_out_as_they_went_in();
    what_was_good_comes_with_the_error();
    files_are_made_in_memory();
    every_format_is_decoded_while_it_streams(client, environment("TEST_DIRECTORY"));
    CHECK_STATUS(vw_deepdub_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
