/*
 * A Vulkan driver that fails on demand, for the test of what happens then.
 *
 * It stands before a real driver, hands every call through to it, and spoils those of one kind from the
 * n-th on. The environment says how:
 *
 *   FAULT_DRIVER  the real driver's library
 *   FAULT_FROM    n, from 1 on
 *   FAULT         device    no device is made
 *                 memory    no memory is given
 *                 map       memory cannot be mapped
 *                 pipeline  a pipeline gets no memory
 *                 submit    the device is lost when work is submitted
 *                 wait      the device is lost while it is waited for; n counts submissions
 *                 hang      submitted work never ends
 *                 dropped   submitted work ends at once, undone
 *                 short     a dispatch of several workgroups leaves out the last one, of a single one all
 *
 * Built with `cc -shared -fPIC -o libfault.so driver.c -ldl`. What it needs of Vulkan's headers, which few
 * machines have, is declared here.
 */

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int32_t VkResult;
typedef void (*Function)(void);
typedef Function (*GetProcAddr)(void *object, const char *name);

enum {
    SUCCESS = 0,
    OUT_OF_DEVICE_MEMORY = -2,
    INITIALIZATION_FAILED = -3,
    DEVICE_LOST = -4,
    MEMORY_MAP_FAILED = -5,
};

struct SubmitInfo {
    int32_t type;
    const void *next;
    uint32_t waits;
    const uint64_t *wait_semaphores;
    const uint32_t *wait_stages;
    uint32_t command_buffers;
    void *const *commands;
    uint32_t signals;
    const uint64_t *signal_semaphores;
};

/* The functions spoiled: the real one, and the type of all that stand for it. */
static VkResult (*real_create_device)(void *, const void *, const void *, void *);
static VkResult (*real_allocate)(void *, const void *, const void *, void *);
static VkResult (*real_map)(void *, uint64_t, uint64_t, uint64_t, uint32_t, void **);
static VkResult (*real_pipelines)(void *, uint64_t, uint32_t, const void *, const void *, void *);
static VkResult (*real_submit)(void *, uint32_t, const struct SubmitInfo *, uint64_t);
static VkResult (*real_wait_semaphores)(void *, const void *, uint64_t);
static VkResult (*real_wait_fences)(void *, uint32_t, const uint64_t *, uint32_t, uint64_t);
static VkResult (*real_queue_idle)(void *);
static VkResult (*real_device_idle)(void *);
static void (*real_dispatch)(void *, uint32_t, uint32_t, uint32_t);

static GetProcAddr real_device_proc;

/* Whether the fault asked for is this one, and its call is the n-th or a later one. */
static int is_due(const char *fault, atomic_uint *calls)
{
    const char *asked = getenv("FAULT");
    const char *from = getenv("FAULT_FROM");
    if (!asked || strcmp(asked, fault) != 0)
        return 0;
    return atomic_fetch_add(calls, 1) + 1 >= (unsigned)(from ? atoi(from) : 1);
}

static atomic_int is_lost, is_hung;

static VkResult create_device(void *adapter, const void *info, const void *allocator, void *device)
{
    static atomic_uint calls;
    if (is_due("device", &calls))
        return INITIALIZATION_FAILED;
    return real_create_device(adapter, info, allocator, device);
}

static VkResult allocate(void *device, const void *info, const void *allocator, void *memory)
{
    static atomic_uint calls;
    if (is_due("memory", &calls))
        return OUT_OF_DEVICE_MEMORY;
    return real_allocate(device, info, allocator, memory);
}

static VkResult map(void *device, uint64_t memory, uint64_t offset, uint64_t size, uint32_t flags,
                    void **data)
{
    static atomic_uint calls;
    if (is_due("map", &calls))
        return MEMORY_MAP_FAILED;
    return real_map(device, memory, offset, size, flags, data);
}

static VkResult pipelines(void *device, uint64_t cache, uint32_t count, const void *infos,
                          const void *allocator, void *made)
{
    static atomic_uint calls;
    if (is_due("pipeline", &calls)) {
        memset(made, 0, count * sizeof(uint64_t));
        return OUT_OF_DEVICE_MEMORY;
    }
    return real_pipelines(device, cache, count, infos, allocator, made);
}

static VkResult submit(void *queue, uint32_t count, const struct SubmitInfo *infos, uint64_t fence)
{
    static atomic_uint submits, waits, hangs, drops;
    if (is_due("submit", &submits))
        atomic_store(&is_lost, 1);
    if (atomic_load(&is_lost))
        return DEVICE_LOST;
    if (is_due("wait", &waits))
        atomic_store(&is_lost, 1);
    if (is_due("hang", &hangs)) {
        atomic_store(&is_hung, 1);
        return SUCCESS;
    }
    if (is_due("dropped", &drops)) {
        struct SubmitInfo empty[count];
        for (uint32_t i = 0; i < count; i++) {
            empty[i] = infos[i];
            empty[i].command_buffers = 0;
        }
        return real_submit(queue, count, empty, fence);
    }
    return real_submit(queue, count, infos, fence);
}

/* Work that hangs was never handed on, so that the real driver waits in vain. */
static VkResult wait_semaphores(void *device, const void *info, uint64_t timeout)
{
    return atomic_load(&is_lost) ? DEVICE_LOST : real_wait_semaphores(device, info, timeout);
}

static VkResult wait_fences(void *device, uint32_t count, const uint64_t *fences, uint32_t all,
                            uint64_t timeout)
{
    return atomic_load(&is_lost) ? DEVICE_LOST : real_wait_fences(device, count, fences, all, timeout);
}

static void wait_if_hung(void)
{
    while (atomic_load(&is_hung))
        pause();
}

static VkResult queue_idle(void *queue)
{
    wait_if_hung();
    return atomic_load(&is_lost) ? DEVICE_LOST : real_queue_idle(queue);
}

static VkResult device_idle(void *device)
{
    wait_if_hung();
    return atomic_load(&is_lost) ? DEVICE_LOST : real_device_idle(device);
}

static void dispatch(void *commands, uint32_t x, uint32_t y, uint32_t z)
{
    static atomic_uint calls;
    if (is_due("short", &calls))
        x--;
    if (x > 0)
        real_dispatch(commands, x, y, z);
}

/* What stands for a function of the real driver: ours where there is one. */
static Function stand_in(const char *name, Function real)
{
    static const struct {
        const char *name;
        Function ours;
        void *real;
    } hooks[] = {
        {"vkCreateDevice", (Function)create_device, &real_create_device},
        {"vkAllocateMemory", (Function)allocate, &real_allocate},
        {"vkMapMemory", (Function)map, &real_map},
        {"vkCreateComputePipelines", (Function)pipelines, &real_pipelines},
        {"vkQueueSubmit", (Function)submit, &real_submit},
        {"vkWaitSemaphores", (Function)wait_semaphores, &real_wait_semaphores},
        {"vkWaitSemaphoresKHR", (Function)wait_semaphores, &real_wait_semaphores},
        {"vkWaitForFences", (Function)wait_fences, &real_wait_fences},
        {"vkQueueWaitIdle", (Function)queue_idle, &real_queue_idle},
        {"vkDeviceWaitIdle", (Function)device_idle, &real_device_idle},
        {"vkCmdDispatch", (Function)dispatch, &real_dispatch},
    };
    for (size_t i = 0; real && i < sizeof hooks / sizeof *hooks; i++) {
        if (strcmp(name, hooks[i].name) == 0) {
            memcpy(hooks[i].real, &real, sizeof real);
            return hooks[i].ours;
        }
    }
    return real;
}

static Function device_proc(void *device, const char *name)
{
    return stand_in(name, real_device_proc(device, name));
}

/* A symbol of the real driver. */
static void *real_symbol(const char *name)
{
    static void *library;
    if (!library) {
        const char *file = getenv("FAULT_DRIVER");
        library = dlopen(file ? file : "FAULT_DRIVER is not set", RTLD_NOW | RTLD_LOCAL);
    }
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    return dlsym(library, name);
}

/* The loader's way in. */

Function vk_icdGetInstanceProcAddr(void *instance, const char *name)
{
    GetProcAddr get = (GetProcAddr)real_symbol("vk_icdGetInstanceProcAddr");
    Function real = get(instance, name);
    if (real && strcmp(name, "vkGetDeviceProcAddr") == 0) {
        real_device_proc = (GetProcAddr)real;
        return (Function)device_proc;
    }
    return stand_in(name, real);
}

Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name)
{
    GetProcAddr get = (GetProcAddr)real_symbol("vk_icdGetPhysicalDeviceProcAddr");
    return get ? get(instance, name) : NULL;
}

VkResult vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version)
{
    VkResult (*negotiate)(uint32_t *) =
        (VkResult(*)(uint32_t *))real_symbol("vk_icdNegotiateLoaderICDInterfaceVersion");
    return negotiate(version);
}
