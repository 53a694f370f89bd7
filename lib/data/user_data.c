/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/user_data.h"

#include "base/memory.h"
#include "wire/msgpack.h"

static const char *const field_names[] = {
	"file_archives",  "private_file_archives", "register_addresses", "register_key",
	"scratchpad_key", "pointer_key",           "public_files",       "private_files",
};
enum { OPTIONAL_FIELDS = 0xf8 }; /* all but the first three */
static const struct an_fields fields = {
	.names = field_names,
	.count = 8,
	.optional = OPTIONAL_FIELDS,
	.defaults = OPTIONAL_FIELDS,
};

/* What each field is: a key, or a list whose items are named in one of three ways. */
enum form { BY_ADDRESS, BY_DATA_MAP, BY_OWNER, KEY };
static const struct {
	enum form form;
	unsigned place; /* in the struct */
} shape[] = {
	{BY_ADDRESS, AN_USER_FILE_ARCHIVES}, {BY_DATA_MAP, AN_USER_PRIVATE_FILE_ARCHIVES},
	{BY_OWNER, AN_USER_REGISTERS},       {KEY, AN_USER_REGISTER_KEY},
	{KEY, AN_USER_SCRATCHPAD_KEY},       {KEY, AN_USER_POINTER_KEY},
	{BY_ADDRESS, AN_USER_PUBLIC_FILES},  {BY_DATA_MAP, AN_USER_PRIVATE_FILES},
};

enum { ITEM_MIN = 2 }; /* a name and a data map, both empty */

void an_user_data_done(struct an_user_data *data)
{
	for (size_t i = 0; i < AN_USER_LISTS; i++)
		an_free(data->lists[i].items);
	*data = (struct an_user_data){0};
}

/* ---- Writing. */

static void write_item(struct an_buffer *out, enum form form, const struct an_user_item *item)
{
	if (form == BY_DATA_MAP)
		an_msgpack_write_bin(out, item->data_map);
	else
		an_msgpack_write_integers(out, an_span(item->key, form == BY_OWNER
		                                                          ? AN_OWNER_KEY_SIZE
		                                                          : AN_RECORD_NAME_SIZE));
	an_msgpack_write_text(out, item->name);
}

static void write_list(struct an_buffer *out, enum form form, const struct an_user_items *list)
{
	an_msgpack_write_map(out, (uint32_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		write_item(out, form, &list->items[i]);
}

an_status an_user_data_encode(const struct an_user_data *data, struct an_buffer *out)
{
	an_msgpack_write_array(out, (uint32_t)fields.count);
	for (size_t i = 0; i < fields.count; i++) {
		const unsigned place = shape[i].place;
		if (shape[i].form != KEY)
			write_list(out, shape[i].form, &data->lists[place]);
		else if (data->has_key[place])
			an_msgpack_write_text(out, data->keys[place]);
		else
			an_msgpack_write_nil(out);
	}
	return out->failed;
}

/* ---- Reading. */

static void read_item(struct an_reader *reader, struct an_buffer *scratch, enum form form,
                      struct an_user_item *item)
{
	if (form == BY_DATA_MAP)
		item->data_map = an_msgpack_read_bytes(reader, scratch);
	else if (form == BY_OWNER)
		an_owner_key_read(reader, item->key);
	else
		an_msgpack_read_fixed(reader, item->key, AN_RECORD_NAME_SIZE);
	item->name = an_msgpack_read_text(reader);
}

static void read_list(struct an_reader *reader, struct an_buffer *scratch, enum form form,
                      struct an_user_items *list)
{
	const uint32_t count = an_msgpack_read_map(reader);
	if (count > an_reader_left(reader) / ITEM_MIN)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	if (an_reader_ok(reader) && count > AN_USER_ITEMS_MAX)
		an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
	if (!an_reader_ok(reader) || count == 0)
		return;
	list->items = an_calloc(count, sizeof(list->items[0]));
	if (list->items == NULL) {
		an_reader_fail(reader, AUTONOMI_E_NO_MEMORY);
		return;
	}
	list->count = count;
	for (size_t i = 0; i < count && an_reader_ok(reader); i++)
		read_item(reader, scratch, form, &list->items[i]);
}

an_status an_user_data_decode(struct an_span bytes, struct an_buffer *scratch,
                              struct an_user_data *ret_data)
{
	*ret_data = (struct an_user_data){0};
	struct an_reader reader = an_reader(bytes);
	struct an_msgpack_run run = an_msgpack_read_struct(&reader, &fields);
	int field;
	while ((field = an_msgpack_next_field(&reader, &run, &fields)) != AN_FIELD_END) {
		const unsigned place = shape[field].place;
		if (shape[field].form != KEY) {
			read_list(&reader, scratch, shape[field].form, &ret_data->lists[place]);
		} else if (!an_msgpack_read_nil(&reader)) {
			ret_data->has_key[place] = true;
			ret_data->keys[place] = an_msgpack_read_text(&reader);
		}
	}
	if (!an_reader_ok(&reader))
		an_user_data_done(ret_data);
	return reader.failed;
}
