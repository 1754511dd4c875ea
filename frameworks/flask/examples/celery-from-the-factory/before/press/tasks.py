from celery import shared_task


@shared_task
def print_page(number):
    return number * 2
