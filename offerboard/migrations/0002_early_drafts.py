import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0001_initial'),
        ('offerboard', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_quantity_positive',
        ),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_price_has_currency',
        ),
        migrations.AddField(
            model_name='lead',
            name='price_on_request',
            field=models.BooleanField(default=False, help_text='On drafts, tells an answer from a missing one.', verbose_name='price on request'),
        ),
        migrations.AddField(
            model_name='leadpicture',
            name='digest',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name='lead',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='directory.category', verbose_name='category'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='currency',
            field=models.CharField(blank=True, choices=[('USD', 'USD'), ('EUR', 'EUR'), ('CNY', 'CNY'), ('GBP', 'GBP'), ('JPY', 'JPY'), ('INR', 'INR'), ('AED', 'AED'), ('AUD', 'AUD'), ('BDT', 'BDT'), ('BHD', 'BHD'), ('BRL', 'BRL'), ('CAD', 'CAD'), ('CHF', 'CHF'), ('CLP', 'CLP'), ('COP', 'COP'), ('CZK', 'CZK'), ('DKK', 'DKK'), ('EGP', 'EGP'), ('GHS', 'GHS'), ('HKD', 'HKD'), ('HUF', 'HUF'), ('IDR', 'IDR'), ('ILS', 'ILS'), ('ISK', 'ISK'), ('JOD', 'JOD'), ('KES', 'KES'), ('KRW', 'KRW'), ('KWD', 'KWD'), ('KZT', 'KZT'), ('LKR', 'LKR'), ('MAD', 'MAD'), ('MXN', 'MXN'), ('MYR', 'MYR'), ('NGN', 'NGN'), ('NOK', 'NOK'), ('NZD', 'NZD'), ('OMR', 'OMR'), ('PEN', 'PEN'), ('PHP', 'PHP'), ('PKR', 'PKR'), ('PLN', 'PLN'), ('QAR', 'QAR'), ('RON', 'RON'), ('RSD', 'RSD'), ('SAR', 'SAR'), ('SEK', 'SEK'), ('SGD', 'SGD'), ('THB', 'THB'), ('TND', 'TND'), ('TRY', 'TRY'), ('TWD', 'TWD'), ('TZS', 'TZS'), ('UAH', 'UAH'), ('UGX', 'UGX'), ('UZS', 'UZS'), ('VND', 'VND'), ('XAF', 'XAF'), ('XOF', 'XOF'), ('ZAR', 'ZAR')], max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='description',
            field=models.TextField(blank=True, max_length=8000, verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='quantity',
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=15, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))], verbose_name='quantity'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='title',
            field=models.CharField(blank=True, max_length=160, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='lead',
            name='unit',
            field=models.CharField(blank=True, choices=[('TNE', 'Tonne (t)'), ('KGM', 'Kilogram (kg)'), ('GRM', 'Gram (g)'), ('DTN', 'Quintal of 100 kg (q)'), ('LBR', 'Pound (lb)'), ('ONZ', 'Ounce (oz)'), ('APZ', 'Troy ounce (oz t)'), ('CTM', 'Metric carat (ct)'), ('STN', 'Short ton (US)'), ('LTN', 'Long ton (UK)'), ('H87', 'Piece'), ('C62', 'Unit'), ('SET', 'Set'), ('PR', 'Pair'), ('DZN', 'Dozen'), ('DPR', 'Dozen pairs'), ('GRO', 'Gross of 144'), ('CEN', 'Hundred'), ('MIL', 'Thousand'), ('ST', 'Sheet'), ('RM', 'Ream'), ('KT', 'Kit'), ('MTR', 'Metre (m)'), ('KMT', 'Kilometre (km)'), ('FOT', 'Foot (ft)'), ('YRD', 'Yard (yd)'), ('MTK', 'Square metre (m²)'), ('FTK', 'Square foot (ft²)'), ('MTQ', 'Cubic metre (m³)'), ('BFT', 'Board foot'), ('LTR', 'Litre (L)'), ('HLT', 'Hectolitre (hL)'), ('LPA', 'Litre of pure alcohol'), ('GLL', 'Gallon (US)'), ('BLL', 'Barrel (US) (bbl)'), ('BUA', 'Bushel (US)'), ('WTT', 'Watt (W)'), ('KWT', 'Kilowatt (kW)'), ('KWH', 'Kilowatt hour (kWh)'), ('MWH', 'Megawatt hour (MWh)'), ('20', '20 ft container'), ('21', '40 ft container'), ('HUR', 'Hour (h)'), ('DAY', 'Day'), ('MON', 'Month'), ('E48', 'Service')], help_text='UN/ECE Recommendation 20.', max_length=3, verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(models.Q(('title', ''), _negated=True), models.Q(('description', ''), _negated=True), ('category__isnull', False), ('quantity__isnull', False), models.Q(('unit', ''), _negated=True), models.Q(('kind', 'buy_inquiry'), models.Q(('origin', ''), _negated=True), _connector='OR')), _connector='OR'), name='lead_complete_unless_draft'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('incoterm', ''), models.Q(('place', ''), _negated=True), _connector='OR'), name='lead_incoterm_has_place'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('quantity', None), ('quantity__gt', 0), _connector='OR'), name='lead_quantity_positive'),
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('currency', ''), ('price', None)), models.Q(('price__isnull', False), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='lead_price_has_currency'),
        ),
        migrations.AddConstraint(
            model_name='leadpicture',
            constraint=models.UniqueConstraint(condition=models.Q(('digest', ''), _negated=True), fields=('lead', 'digest'), name='picture_once_on_a_lead'),
        ),
    ]
